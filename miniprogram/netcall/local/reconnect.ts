/** When a broken link is tried again. */
export interface ReconnectPolicy {
  /** ms to wait before try number `count` (from 1); null: give up. */
  delay(count: number): number | null
}

/** So many tries, so far apart. */
export function fixedTries(tries: number, interval: number): ReconnectPolicy {
  return { delay: (count) => (count <= tries ? interval : null) }
}

/** Never gives up; waits twice as long each time, up to a bound. */
export function endlessBackOff(first: number, longest: number): ReconnectPolicy {
  return { delay: (count) => Math.min(longest, first * 2 ** Math.min(count - 1, 30)) }
}
