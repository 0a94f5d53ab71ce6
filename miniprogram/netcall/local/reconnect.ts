/** When a broken link is tried again. */
export interface ReconnectPolicy {
  /** ms from one try's start to that of try number `count` (from 1, which is counted from the break); null: give up. */
  delay(count: number): number | null
  /** How long a try may take from dialling to an open socket, ms. */
  openTimeout: number
}

/** So many tries, the first one soon, the others so far apart: each has just that long. */
export function fixedTries(tries: number, first: number, interval: number): ReconnectPolicy {
  return {
    delay: (count) => (count > tries ? null : count === 1 ? first : interval),
    openTimeout: interval,
  }
}

/** Never gives up: the first try is soon, then it waits twice as long each time, up to a bound. */
export function endlessBackOff(first: number, second: number, longest: number, openTimeout: number): ReconnectPolicy {
  return {
    delay: (count) => (count === 1 ? first : Math.min(longest, second * 2 ** Math.min(count - 2, 30))),
    openTimeout,
  }
}
