/** Reconnect policies. */
export interface ReconnectPolicy {
  /** Time from one attempt's start to attempt number `count`, ms (count 1: from the loss); null: give up. */
  delay(count: number): number | null
  /** Maximum time of an attempt from dialling to the open socket, ms. */
  openTimeout: number
}

/** A fixed number of attempts: the first one soon, the others at a constant interval, which is also each one's timeout. */
export function fixedTries(tries: number, first: number, interval: number): ReconnectPolicy {
  return {
    delay: (count) => (count > tries ? null : count === 1 ? first : interval),
    openTimeout: interval,
  }
}

/** Never gives up: the first attempt soon, then pauses that double up to a limit. */
export function endlessBackOff(first: number, second: number, longest: number, openTimeout: number): ReconnectPolicy {
  return {
    delay: (count) => (count === 1 ? first : Math.min(longest, second * 2 ** Math.min(count - 2, 30))),
    openTimeout,
  }
}
