/** Counts what passes and tells the rate since it was last asked. */
export class Rate {
  private sum = 0
  private since = performance.now()

  add(amount: number): void {
    this.sum += amount
  }

  /** Per second; starts anew. */
  take(): number {
    const now = performance.now()
    const rate = (this.sum * 1000) / Math.max(1, now - this.since)
    this.sum = 0
    this.since = now
    return rate
  }
}
