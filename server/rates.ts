import { TokenBucket } from './token-bucket'

/** Maximum number of keys; the least recently used one is dropped and starts with a full budget again. */
const MOST_KEYS = 20_000

/** A budget of events per key: an address, an account, a pair of accounts. */
export class Rates {
  private readonly buckets = new Map<string, TokenBucket>()

  constructor(
    private readonly perSecond: number,
    private readonly burst: number,
  ) {}

  /** Takes one event from the key's budget; false if it is used up. */
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
