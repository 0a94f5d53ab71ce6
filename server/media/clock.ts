import type { Track } from './tracks'

/** One frame: what a new publication starts after the last. */
const STEP = 20
/** What a timestamp may be off, against its own track or against what the other track says of the moment, ms. */
const JUMP = 300
/** The same while it is not known yet how far the tracks come apart. */
const FIRST_JUMP = 800
/** Tracks that come so far apart at their beginning have one clock, ms. */
const SAME_CLOCK = 500
/** A track that was silent for longer says nothing of the moment; a camera that is off sends two pictures a second, ms. */
const SILENT = 700
/** So many frames in a row must say that a clock has changed; until then they are placed by their arrival. */
const WITNESSES = 3
/** How far ahead of time a stream must be until its arrival says nothing: it comes from a file, ms. */
const FAST = 1_000
/** How much a clock may be off without being fast. */
const DRIFT = 0.02
/** How often the distance of the tracks is looked at, ms. */
const WINDOW = 1_000
/** How many windows tell it at first. */
const FIRST_WINDOWS = 3
/** Fewer frames of a track in a window tell nothing. */
const FEW = 2
/** A distance that changed by more in two windows is put right, ms. */
const APART = 120

const other = (track: Track): Track => (track === 'audio' ? 'video' : 'audio')

/** A track of one publication. */
interface TrackClock {
  /** Added to the publisher's timestamps. */
  offset: number
  /** What would be added if its clock had changed, and how many frames in a row say so. */
  changed: { offset: number; frames: number } | null
  /** When its last frame came, and how far that was behind the stream's time; ms. */
  at: number
  late: number
}

/**
 * The clock of a stream, ms from 0. Publishers come back, their clocks jump, stand still while a track is muted, or have a zero for each
 * track; single timestamps are wrong. Players freeze for good when a track runs backwards or away from the other, so here they never do:
 * a timestamp that neither its own track nor what the other one says of the moment can explain is replaced by when it came.
 */
export class StreamClock {
  private tracks: Partial<Record<Track, TrackClock>> = {}
  private distance: TrackDistance | null = null
  private readonly last: Record<Track, number> = { audio: 0, video: 0 }
  private newest: number | null = null
  private begun = { at: 0, late: 0 }

  /** A new publication: the publisher's clock is another one. */
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

  /** Whether a frame of the track may belong there: its step took that time, and the other track does not say otherwise. */
  private isPossible(track: Track, clock: TrackClock, time: number, now: number): boolean {
    const step = time - this.last[track]
    if (step < -JUMP || step > now - clock.at + JUMP) return false
    const expected = this.expected(track, now)
    return expected === null || Math.abs(time - expected) <= (this.distance?.known === null ? FIRST_JUMP : JUMP)
  }

  /** The time that the other track says it is for this one; null where it says nothing. */
  private expected(track: Track, now: number): number | null {
    const companion = this.tracks[other(track)]
    if (!companion || now - companion.at > SILENT || this.isFast(now)) return null
    const apart = this.distance?.known ?? 0
    return now - companion.late - (track === 'video' ? apart : -apart)
  }

  private isFast(now: number): boolean {
    return this.newest !== null && now - this.newest < this.begun.late - FAST - DRIFT * (now - this.begun.at)
  }

  /** Moves the track that fell behind the other one up to it: forward, as no track may run backwards. */
  private keepTogether(track: Track, now: number): void {
    const clock = this.tracks[track]
    if (!clock || this.isFast(now)) return
    const change = this.distance?.add(track, clock.late, now) ?? 0
    const behind = this.tracks[change > 0 ? 'video' : 'audio']
    if (change !== 0 && behind) Object.assign(behind, { offset: behind.offset + Math.abs(change), changed: null })
  }
}

/** How much later than the sound the picture of the same moment comes: the same all along, as long as the clocks keep their distance. */
class TrackDistance {
  private window: Record<Track, { frames: number; late: number }> = emptyWindow()
  private since: number | null = null
  private readonly first: number[] = []
  private before = 0

  /** `known`: ms; null until the first windows have told it. */
  constructor(public known: number | null) {}

  /** A frame, and how late it came. Answers how far the picture (or, below 0, the sound) has fallen behind, ms; mostly 0. */
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
