/**
 * Puts a source's own time stamps on `performance.now()`. Camera and microphone count from different origins; the
 * smallest delay seen between a stamp and its arrival is taken as the offset, so both end up on one clock.
 */
export class MediaClock {
  private offset: number | null = null
  private last = 0

  constructor(private readonly origin: number) {}

  /** `timestamp` in µs as the source gave it, on arrival; → ms since the origin, never running backwards. */
  at(timestamp: number): number {
    const offset = performance.now() - timestamp / 1000
    if (this.offset === null || offset < this.offset) this.offset = offset
    this.last = Math.max(this.last, Math.round(timestamp / 1000 + this.offset - this.origin))
    return this.last
  }

  /** Another source follows, with an origin of its own. */
  reset(): void {
    this.offset = null
  }
}
