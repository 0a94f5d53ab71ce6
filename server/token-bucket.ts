/** A budget of events: so many a second, and at most `burst` at once. */
export class TokenBucket {
  private tokens: number
  private filledAt = performance.now()

  constructor(
    private readonly perSecond: number,
    private readonly burst: number,
  ) {
    this.tokens = burst
  }

  /** Takes so many; false, and none is taken, if there are fewer. */
  take(count = 1): boolean {
    this.fill()
    if (this.tokens < count) return false
    this.tokens -= count
    return true
  }

  /** Takes so many even if there are fewer; `wait` then tells when the debt is paid. */
  spend(count: number): void {
    this.fill()
    this.tokens -= count
  }

  /** How long it takes until there is one, ms. */
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
