/** How often and how patiently a callback is tried. Times in ms. */
export interface RetryPolicy {
  /** Silence for this long is a failure. */
  timeout: number
  /** After so many tries a callback is given up (and kept, so that it can be sent again by hand). */
  tries: number
  firstDelay: number
  longestDelay: number
}

/** A little over two hours in all: a receiver's restart or short outage is bridged without anybody's doing. */
export const RETRY_POLICY: RetryPolicy = { timeout: 5_000, tries: 20, firstDelay: 1_000, longestDelay: 10 * 60_000 }

/** The pause after the n-th failed try: doubles each time, with up to a quarter taken off by chance. */
export function retryDelay(failures: number, policy: RetryPolicy, random = Math.random()): number {
  const delay = Math.min(policy.firstDelay * 2 ** (failures - 1), policy.longestDelay)
  return Math.round(delay * (1 - random / 4))
}
