/** The frames of one track of a publication, in order of arrival. */
export interface TrackTimes {
  /** The publisher's timestamps, unchanged: ms, 32 bits, possibly unordered or wrong. */
  sent: ArrayLike<number>
  /** Arrival: ms on a monotonic clock, from the publication's start. */
  arrived: ArrayLike<number>
  /** Their indices among all frames of the publication, from 0. */
  order: ArrayLike<number>
}

/** A timestamp of 32 bits that wraps is a step forward, not back. */
const stepOf = (from: number, to: number): number => (to - from) | 0

/** Unwrapped timestamps: ms from `base`, the first timestamp of any track. */
export function unwrap(sent: ArrayLike<number>, base: number): Float64Array {
  const times = new Float64Array(sent.length)
  for (let at = 0; at < sent.length; at++) {
    const before = at === 0 ? base : (sent[at - 1] ?? 0)
    times[at] = (at === 0 ? 0 : (times[at - 1] ?? 0)) + stepOf(before, sent[at] ?? 0)
  }
  return times
}

/** The median; 0 if empty. Sorts a copy. */
export function median(values: ArrayLike<number>): number {
  if (values.length === 0) return 0
  const sorted = Float64Array.from(values).sort()
  return sorted[sorted.length >> 1] ?? 0
}

/** Larger steps are pauses or errors, ms. */
const LARGEST_STEP = 400
/** Number of steps averaged if all are larger. */
const STEPS = 8

/** The usual step of a track, ms: the mean, since bursts share timestamps and jitter is symmetric. */
export function usualStep(times: Float64Array): number {
  let sum = 0
  let count = 0
  for (let at = 1; at < times.length; at++) {
    const step = (times[at] ?? 0) - (times[at - 1] ?? 0)
    if (Math.abs(step) > LARGEST_STEP) continue
    sum += step
    count++
  }
  if (sum > 0) return sum / count
  const span = Math.min(STEPS, times.length - 1)
  const steps: number[] = []
  for (let at = span; at < times.length && steps.length < 2_000; at++) {
    const step = ((times[at] ?? 0) - (times[at - span] ?? 0)) / span
    if (step > 0) steps.push(step)
  }
  return median(steps)
}

/** A timestamp step that differs this much from the usual one is an error, or a pause, ms. */
const OUTLIER = 250
/** Maximum number of consecutive wrong timestamps. */
const MOST_OUTLIERS = 8

/** Interpolates frames whose timestamps jump away if the next ones jump back. `arrived`: null if arrival times are meaningless. */
export function withoutOutliers(times: Float64Array, arrived: ArrayLike<number> | null): Float64Array {
  const step = usualStep(times)
  const good = Float64Array.from(times)
  for (let at = 1; at < good.length; at++) {
    const before = good[at - 1] ?? 0
    if (Math.abs((good[at] ?? 0) - before - step) <= OUTLIER) continue
    const passed = (frames: number): number => (arrived?.[at - 1 + frames] ?? 0) - (arrived?.[at - 1] ?? 0)
    if (arrived && Math.abs((good[at] ?? 0) - before - passed(1)) <= OUTLIER) continue
    const even = returnOf(good, at, (frames) => step * frames)
    if (even !== null) {
      const slope = ((good[even] ?? 0) - before) / (even - at + 1)
      for (let bad = at; bad < even; bad++) good[bad] = before + slope * (bad - at + 1)
      continue
    }
    if (!arrived) continue
    const uneven = returnOf(good, at, passed) ?? at
    for (let bad = at; bad < uneven; bad++) good[bad] = before + passed(bad - at + 1)
  }
  return good
}

/** The first frame after a jump with the time that the track would have without it. `expected`: duration of that many frames, ms. */
function returnOf(times: Float64Array, at: number, expected: (frames: number) => number): number | null {
  const before = times[at - 1] ?? 0
  const leap = Math.abs((times[at] ?? 0) - before - expected(1))
  for (let next = at + 1; next <= at + MOST_OUTLIERS && next < times.length; next++) {
    const off = (times[next] ?? 0) - before - expected(next - at + 1)
    if (Math.abs(off) <= Math.min(OUTLIER, leap / 2)) return next
  }
  return null
}

/** Maximum frames per burst. */
const LARGEST_BURST = 12
/** Maximum increase of timestamps within a burst: some muxers add 1 to equal ones. ms. */
const SAME = 2

/** Capture times of a burst's frames, if the first timestamp is correct: one after the other. */
export function spreadBursts(times: Float64Array, frameLength: number): Float64Array {
  const spread = Float64Array.from(times)
  for (let from = 0; from < times.length;) {
    let to = from + 1
    while (to < times.length && Math.abs((times[to] ?? 0) - (times[to - 1] ?? 0)) <= SAME) to++
    const room = (times[to] ?? Infinity) - (times[from] ?? 0)
    if (to - from <= LARGEST_BURST && room >= (to - from - 0.5) * frameLength) {
      for (let at = from; at < to; at++) spread[at] = (times[from] ?? 0) + (at - from) * frameLength
    }
    from = to
  }
  return spread
}

/** Frames with one timestamp that arrive over a longer time are not a burst, ms. */
const LONG = 100
/** Number of preceding frames from which the usual delay is computed. */
const WITNESSES = 8
const FEWEST = 2

/**
 * Adds the real time to frames whose timestamps stand still although they arrive evenly. Some clocks get stuck, and muxers hold back
 * timestamps after one that was too high. `bursts`: frames may share a timestamp because they were sent together.
 */
export function withoutStandstill(times: Float64Array, arrived: ArrayLike<number>, bursts: boolean): Float64Array {
  const good = Float64Array.from(times)
  for (let from = 0; from < times.length;) {
    let to = from + 1
    while (to < times.length && isStanding((times[to] ?? 0) - (times[to - 1] ?? 0))) to++
    const start = arrived[from] ?? 0
    const longest = bursts ? longestGap(arrived, from, to) : 0
    if ((arrived[to - 1] ?? 0) - start - longest > LONG) {
      const near = good.subarray(Math.max(0, from - WITNESSES), from)
      const late = near.map((time, at) => (arrived[from - near.length + at] ?? 0) - time)
      const first = near.length < FEWEST ? good[from] : start - median(late)
      for (let at = from; at < to; at++) good[at] = (first ?? 0) + (arrived[at] ?? 0) - start
    }
    from = to
  }
  return good
}

const isStanding = (step: number): boolean => step >= 0 && step <= SAME

/** Maximum time between two frames, ms: the network can delay the rest of a burst once. */
function longestGap(arrived: ArrayLike<number>, from: number, to: number): number {
  let longest = 0
  for (let at = from + 1; at < to; at++) longest = Math.max(longest, (arrived[at] ?? 0) - (arrived[at - 1] ?? 0))
  return longest
}
