import { TokenBucket } from './token-bucket'

/** Keys that are remembered; the longest unused is forgotten first, and starts with a full budget again. */
const MOST_KEYS = 20_000

/** One budget of events for each key: an address, an account, a pair of accounts. */
export class Rates {
  private readonly buckets = new Map<string, TokenBucket>()

  constructor(
    private readonly perSecond: number,
    private readonly burst: number,
  ) {}

  /** Takes one of the key's events; false if its budget is used up. */
  take(key: string): boolean {
    const bucket = this.buckets.get(key) ?? new TokenBucket(this.perSecond, this.burst)
    this.buckets.delete(key)
    this.buckets.set(key, bucket)
    if (this.buckets.size > MOST_KEYS) {
      const [oldest] = this.buckets.keys()
      if (oldest !== undefined) this.buckets.delete(oldest)
    }
    return bucket.take()
  }
}
