/** Counts events; returns the rate since the last query. */
export class Rate {
  private sum = 0
  private since = performance.now()

  add(amount: number): void {
    this.sum += amount
  }

  /** Per second; resets the count. */
  take(): number {
    const now = performance.now()
    const rate = (this.sum * 1000) / Math.max(1, now - this.since)
    this.sum = 0
    this.since = now
    return rate
  }
}
