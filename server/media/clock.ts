import type { Track } from './tracks'

/** One frame: what a new publication starts after the last. */
const STEP = 20
/** A frame this far behind its track is a clock set back, not disorder. */
const MAX_BACK = 1_000
/** A frame this far ahead of the stream, beyond the time that really passed, is a clock set forward. */
const MAX_AHEAD = 5_000

const other = (track: Track): Track => (track === 'audio' ? 'video' : 'audio')

/**
 * The clock of a stream, ms from 0. Publishers come back, their clocks jump, and the two tracks may jump apart;
 * players freeze for good when a track runs backwards, so here it never does.
 */
export class StreamClock {
  /** Added to the publisher's timestamps; unknown until the track's first frame in this publication. */
  private offsets: Partial<Record<Track, number>> = {}
  private readonly last: Record<Track, number> = { audio: 0, video: 0 }
  private newest: number | null = null
  private newestAt = 0

  /** A new publication: the publisher's clock is another one. */
  restart(): void {
    this.offsets = {}
  }

  latest(track: Track): number {
    return this.last[track]
  }

  /** A publisher's timestamp on the stream's clock. `now` is wall clock. */
  rebase(track: Track, timestamp: number, now: number): number {
    let offset = this.offsets[track]
    if (offset === undefined || !this.plausible(track, timestamp + offset, now)) {
      // The other track may have made the same jump already: following it keeps sound and picture together.
      offset = this.offsets[other(track)]
      if (offset === undefined || !this.plausible(track, timestamp + offset, now)) offset = this.next() - timestamp
      this.offsets[track] = offset
    }
    const rebased = Math.max(timestamp + offset, this.last[track])
    this.last[track] = rebased
    if (this.newest === null || rebased >= this.newest) {
      this.newest = rebased
      this.newestAt = now
    }
    return rebased
  }

  private next(): number {
    return this.newest === null ? 0 : this.newest + STEP
  }

  private plausible(track: Track, time: number, now: number): boolean {
    if (this.newest === null) return true
    const passed = Math.max(0, now - this.newestAt)
    return time >= this.last[track] - MAX_BACK && time <= this.newest + passed + MAX_AHEAD
  }
}
