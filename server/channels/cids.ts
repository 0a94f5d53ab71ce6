/**
 * A source of channel numbers: integers that JavaScript holds exactly, rising, and unique over restarts (microseconds since
 * 1970, so a restart would have to hand out more than a thousand a millisecond to repeat one).
 */
export function createCids(): () => number {
  let last = 0
  return () => {
    last = Math.max(last + 1, Date.now() * 1000)
    return last
  }
}
