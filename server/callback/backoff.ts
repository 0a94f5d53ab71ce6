/** Retry policy of callbacks. Times in ms. */
export interface RetryPolicy {
  /** Timeout of one delivery. */
  timeout: number
  /** Attempts before a callback is given up. It is kept and can be sent again by hand. */
  tries: number
  firstDelay: number
  longestDelay: number
}

/** A little over two hours in all, which covers a receiver's restart or a short outage. */
export const RETRY_POLICY: RetryPolicy = { timeout: 5_000, tries: 20, firstDelay: 1_000, longestDelay: 10 * 60_000 }

/** Pause after the n-th failed attempt: doubles each time, minus up to a quarter of jitter. */
export function retryDelay(failures: number, policy: RetryPolicy, random = Math.random()): number {
  const delay = Math.min(policy.firstDelay * 2 ** (failures - 1), policy.longestDelay)
  return Math.round(delay * (1 - random / 4))
}
