/** The frames of one track of a publication, in the order in which they came. */
export interface TrackTimes {
  /** Timestamps as the publisher sent them: ms, 32 bits, in whatever order and however wrong. */
  sent: ArrayLike<number>
  /** When they came: ms on a clock that only goes forward, from the publication's start. */
  arrived: ArrayLike<number>
  /** Their places among all frames of the publication, from 0. */
  order: ArrayLike<number>
}

/** A timestamp of 32 bits that wraps is a step forward, not back. */
const stepOf = (from: number, to: number): number => (to - from) | 0

/** Timestamps without wrap: ms from `base`, the timestamp that came first on any track. */
export function unwrap(sent: ArrayLike<number>, base: number): Float64Array {
  const times = new Float64Array(sent.length)
  for (let at = 0; at < sent.length; at++) {
    const before = at === 0 ? base : (sent[at - 1] ?? 0)
    times[at] = (at === 0 ? 0 : (times[at - 1] ?? 0)) + stepOf(before, sent[at] ?? 0)
  }
  return times
}

/** The middle of the values; 0 of none. Sorts a copy. */
export function median(values: ArrayLike<number>): number {
  if (values.length === 0) return 0
  const sorted = Float64Array.from(values).sort()
  return sorted[sorted.length >> 1] ?? 0
}

/** The usual step of a track, ms: of those steps that go forward. */
export function usualStep(times: Float64Array): number {
  const steps: number[] = []
  for (let at = 1; at < times.length && steps.length < 2_000; at++) {
    const step = (times[at] ?? 0) - (times[at - 1] ?? 0)
    if (step > 0) steps.push(step)
  }
  return median(steps)
}

/** A step of the timestamps this far from the usual one is a fault, or a pause, ms. */
const OUTLIER = 400
/** So many frames in a row can be wrong and the track go on where it was. */
const MOST_OUTLIERS = 8

/** Puts frames between their neighbours whose timestamps leap away while the next ones take the leap back. */
export function withoutOutliers(times: Float64Array): Float64Array {
  const step = usualStep(times)
  const good = Float64Array.from(times)
  for (let at = 1; at < good.length; at++) {
    const before = good[at - 1] ?? 0
    if (Math.abs((good[at] ?? 0) - before - step) <= OUTLIER) continue
    const back = returnOf(good, at, before, step)
    if (back === null) continue
    const slope = ((good[back] ?? 0) - before) / (back - at + 1)
    for (let bad = at; bad < back; bad++) good[bad] = before + slope * (bad - at + 1)
  }
  return good
}

/** The first frame after a leap that stands where the track would be without it. */
function returnOf(times: Float64Array, at: number, before: number, step: number): number | null {
  const leap = Math.abs((times[at] ?? 0) - before - step)
  for (let next = at + 1; next <= at + MOST_OUTLIERS && next < times.length; next++) {
    const off = (times[next] ?? 0) - before - step * (next - at + 1)
    if (Math.abs(off) <= Math.min(OUTLIER, leap / 2)) return next
  }
  return null
}
