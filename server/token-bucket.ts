/** A token bucket: an average per second and a burst. */
export class TokenBucket {
  private tokens: number
  private filledAt = performance.now()

  constructor(
    private readonly perSecond: number,
    private readonly burst: number,
  ) {
    this.tokens = burst
  }

  /** Takes that many; returns false and takes none if there are fewer. */
  take(count = 1): boolean {
    this.fill()
    if (this.tokens < count) return false
    this.tokens -= count
    return true
  }

  /** Takes that many even if there are fewer; `wait` then returns when the debt is paid. */
  spend(count: number): void {
    this.fill()
    this.tokens -= count
  }

  /** Time until one is available, ms. */
  wait(): number {
    this.fill()
    return this.tokens >= 1 ? 0 : ((1 - this.tokens) / this.perSecond) * 1000
  }

  private fill(): void {
    const now = performance.now()
    this.tokens = Math.min(this.burst, this.tokens + ((now - this.filledAt) / 1000) * this.perSecond)
    this.filledAt = now
  }
}
