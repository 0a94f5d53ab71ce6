/** Maximum drift assumed between a publisher's clock and another one; ± 500 ppm is common. */
const MOST_DRIFT = 0.0015
/** ms */
const WINDOW = 5_000

/**
 * Minimum delay of each frame of one clock against its timestamp, ms: a frame can be late, never early. The lower envelope of `arrived -
 * times`, which follows slow drift and ignores network delays.
 */
export function lowerEnvelope(times: Float64Array, arrived: ArrayLike<number>, from: number, to: number): Float64Array {
  const points: { at: number; late: number }[] = []
  for (let frame = from; frame < to; frame++) {
    const at = arrived[frame] ?? 0
    const late = delayAt(times, arrived, frame, from, to)
    const last = points.at(-1)
    if (!last || at - last.at >= WINDOW) points.push({ at, late })
    else if (late < last.late) last.late = late
  }
  for (let point = 1; point < points.length; point++) limit(points, point, point - 1)
  for (let point = points.length - 2; point >= 0; point--) limit(points, point, point + 1)
  const envelope = new Float64Array(to - from)
  let next = 0
  for (let frame = from; frame < to; frame++) {
    const at = arrived[frame] ?? 0
    while (next < points.length && middle(points, next) <= at) next++
    envelope[frame - from] = between(points, next, at)
  }
  return envelope
}

/** Typical delay of each frame: the median of its own and its neighbours' delays, since any timestamp may be wrong. */
export function delayAt(
  times: ArrayLike<number>,
  arrived: ArrayLike<number>,
  frame: number,
  from: number,
  to: number,
): number {
  if (to - from < 3) return (arrived[frame] ?? 0) - (times[frame] ?? 0)
  const middle = Math.min(Math.max(frame, from + 1), to - 2)
  const before = (arrived[middle - 1] ?? 0) - (times[middle - 1] ?? 0)
  const own = (arrived[middle] ?? 0) - (times[middle] ?? 0)
  const after = (arrived[middle + 1] ?? 0) - (times[middle + 1] ?? 0)
  return Math.max(Math.min(before, own), Math.min(Math.max(before, own), after))
}

type Points = readonly { at: number; late: number }[]

function limit(points: { at: number; late: number }[], point: number, neighbour: number): void {
  const one = points[point]
  const other = points[neighbour]
  if (one && other) one.late = Math.min(one.late, other.late + MOST_DRIFT * Math.abs(one.at - other.at))
}

const middle = (points: Points, point: number): number => (points[point]?.at ?? 0) + WINDOW / 2

/** Interpolates between the medians of the windows around `at`. */
function between(points: Points, next: number, at: number): number {
  const before = points[next - 1]
  const after = points[next]
  if (!before || !after) return (before ?? after)?.late ?? 0
  const share = (at - middle(points, next - 1)) / (after.at - before.at)
  return before.late + (after.late - before.late) * Math.min(1, Math.max(0, share))
}
