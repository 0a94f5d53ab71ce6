import type { Track } from './tracks'

/** Gap between the end of one publication and the start of the next: about one frame, ms. */
const STEP = 20
/** Largest accepted difference between a timestamp and the time expected from its own track or from the other track, ms. */
const JUMP = 300
/** The same limit while the usual distance between the tracks is not measured yet, ms. */
const FIRST_JUMP = 800
/** Two tracks share one clock if their first frames are no further apart, ms. */
const SAME_CLOCK = 500
/** A track without frames for longer is no reference for the other one. A covered camera still sends two frames a second. ms. */
const SILENT = 700
/** Consecutive frames that must agree before a new clock offset is adopted; until then frames are placed by arrival. */
const WITNESSES = 3
/** A stream this far ahead of real time is sent from a file: arrival times are ignored. ms. */
const FAST = 1_000
/** Clock drift that does not count as faster than real time, as a share. */
const DRIFT = 0.02
/** Interval at which the distance between the tracks is measured, ms. */
const WINDOW = 1_000
/** Measurements that define the usual distance. */
const FIRST_WINDOWS = 3
/** Minimum frames per track for a measurement. */
const FEW = 2
/** A change of the distance by more than this in two consecutive windows is corrected, ms. */
const APART = 120

const other = (track: Track): Track => (track === 'audio' ? 'video' : 'audio')

/** A track of one publication. */
interface TrackClock {
  /** Added to the publisher's timestamps, ms. */
  offset: number
  /** Candidate for a new offset, and the number of consecutive frames that match it. */
  changed: { offset: number; frames: number } | null
  /** Arrival of the last frame, and arrival minus stream time of that frame; ms. */
  at: number
  late: number
}

/**
 * Maps publishers' timestamps to one clock per stream, ms from 0. Publishers reconnect, their clocks jump, stop while a track is muted, or
 * start at zero for each track, and single timestamps are wrong. Players freeze when a track runs backwards or drifts away from the other
 * one. A timestamp that fits neither its own track nor the other track is therefore replaced by a time computed from its arrival.
 */
export class StreamClock {
  private tracks: Partial<Record<Track, TrackClock>> = {}
  private distance: TrackDistance | null = null
  private readonly last: Record<Track, number> = { audio: 0, video: 0 }
  private newest: number | null = null
  private begun = { at: 0, late: 0 }

  /** Call when a publication ends: the next one has another clock. */
  restart(): void {
    this.tracks = {}
    this.distance = null
  }

  latest(track: Track): number {
    return this.last[track]
  }

  /** A publisher's timestamp on the stream's clock. `now`: of a clock that only goes forward, ms. */
  rebase(track: Track, timestamp: number, now: number): number {
    const known = this.tracks[track]
    const clock = known ?? (this.tracks[track] = this.begin(track, timestamp, now))
    const placed = known ? this.place(track, known, timestamp, now) : timestamp + clock.offset
    const time = Math.max(placed, this.last[track])
    this.last[track] = time
    this.newest = Math.max(this.newest ?? 0, time)
    clock.at = now
    clock.late = now - time
    this.keepTogether(track, now)
    return time
  }

  private begin(track: Track, timestamp: number, now: number): TrackClock {
    const companion = this.tracks[other(track)]
    if (!companion) {
      const start = this.newest === null ? 0 : this.newest + STEP
      this.begun = { at: now, late: now - start }
      return { offset: start - timestamp, changed: null, at: now, late: now - start }
    }
    const expected = now - companion.late
    const time = timestamp + companion.offset
    const sameClock = Math.abs(time - expected) <= SAME_CLOCK || (this.isFast(now) && time >= 0 && time <= expected)
    this.distance = new TrackDistance(sameClock ? null : 0)
    return { offset: (sameClock ? time : expected) - timestamp, changed: null, at: now, late: companion.late }
  }

  private place(track: Track, clock: TrackClock, timestamp: number, now: number): number {
    const time = timestamp + clock.offset
    if (this.isPossible(track, clock, time, now)) {
      clock.changed = null
      return time
    }
    const { changed } = clock
    if (changed && this.isPossible(track, clock, timestamp + changed.offset, now)) {
      if (++changed.frames >= WITNESSES) Object.assign(clock, { offset: changed.offset, changed: null })
      return timestamp + changed.offset
    }
    const placed = Math.max(this.expected(track, now) ?? now - clock.late, this.last[track])
    clock.changed = { offset: placed - timestamp, frames: 1 }
    return placed
  }

  /** Whether `time` fits the track's own progress and, where the other track is a reference, that track's time. */
  private isPossible(track: Track, clock: TrackClock, time: number, now: number): boolean {
    const step = time - this.last[track]
    if (step < -JUMP || step > now - clock.at + JUMP) return false
    const expected = this.expected(track, now)
    return expected === null || Math.abs(time - expected) <= (this.distance?.known === null ? FIRST_JUMP : JUMP)
  }

  /** Stream time of this track computed from the other track; null if that one is no reference now. */
  private expected(track: Track, now: number): number | null {
    const companion = this.tracks[other(track)]
    if (!companion || now - companion.at > SILENT || this.isFast(now)) return null
    const apart = this.distance?.known ?? 0
    return now - companion.late - (track === 'video' ? apart : -apart)
  }

  private isFast(now: number): boolean {
    return this.newest !== null && now - this.newest < this.begun.late - FAST - DRIFT * (now - this.begun.at)
  }

  /** Corrects a lasting change of distance by moving the later track forward, since no track may run backwards. */
  private keepTogether(track: Track, now: number): void {
    const clock = this.tracks[track]
    if (!clock || this.isFast(now)) return
    const change = this.distance?.add(track, clock.late, now) ?? 0
    const behind = this.tracks[change > 0 ? 'video' : 'audio']
    if (change !== 0 && behind) Object.assign(behind, { offset: behind.offset + Math.abs(change), changed: null })
  }
}

/** Measures how much later video arrives than audio of the same stream time. The value is constant while the clocks do not change. */
class TrackDistance {
  private window: Record<Track, { frames: number; late: number }> = emptyWindow()
  private since: number | null = null
  private readonly first: number[] = []
  private before = 0

  /** `known`: the usual distance, ms; null until it is measured. */
  constructor(public known: number | null) {}

  /** Adds a frame. Returns the correction for the video track (negative: for the audio track), ms; 0 if none is due. */
  add(track: Track, late: number, now: number): number {
    this.since ??= now
    const complete = now - this.since >= WINDOW ? this.take(now) : null
    const own = this.window[track]
    own.frames++
    own.late = Math.min(own.late, late)
    return complete === null ? 0 : this.judge(complete)
  }

  private take(now: number): number | null {
    const { audio, video } = this.window
    this.window = emptyWindow()
    this.since = now
    return audio.frames < FEW || video.frames < FEW ? null : video.late - audio.late
  }

  private judge(apart: number): number {
    if (this.known === null) {
      this.first.push(apart)
      if (this.first.length === FIRST_WINDOWS) this.known = this.first.toSorted((a, b) => a - b)[1] ?? 0
      return 0
    }
    const change = apart - this.known
    const lasting = Math.abs(change) > APART && Math.abs(change - this.before) <= APART
    this.before = lasting ? 0 : change
    return lasting ? change : 0
  }
}

const emptyWindow = () => ({ audio: { frames: 0, late: Infinity }, video: { frames: 0, late: Infinity } })
