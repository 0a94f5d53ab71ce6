/**
 * Maps a source's timestamps to `performance.now()`. Camera and microphone have different origins; the minimum delay between timestamp and
 * arrival is used as the offset, so that both share one clock.
 */
export class MediaClock {
  private offset: number | null = null
  private last = 0

  constructor(private readonly origin: number) {}

  /** `timestamp`: the source's, µs, on arrival; returns ms from the origin, never decreasing. */
  at(timestamp: number): number {
    const offset = performance.now() - timestamp / 1000
    if (this.offset === null || offset < this.offset) this.offset = offset
    this.last = Math.max(this.last, Math.round(timestamp / 1000 + this.offset - this.origin))
    return this.last
  }

  /** Another source with its own origin follows. */
  reset(): void {
    this.offset = null
  }
}
