import { median, usualStep } from './track-times'

/** Fewer frames, or a shorter time, do not show a clock's rate. */
const FEWEST = 30
const SHORTEST = 1_000
/** A smaller error of the rate is drift, which the envelope follows. */
const WRONG = 0.0025
/** A rate is wrong if it moves the end of the track by more than this, ms. */
const NOTICEABLE = 300
/** A slower clock stands still. */
const SLOWEST = 0.2
/** Number of parts of the track whose delays are compared. */
const PARTS = 16
/** Maximum distance of a part's delay from a straight line, as a share of the whole deviation. */
const STRAIGHT = 0.1
/** Maximum difference of the rate between single frames and over the whole track, as a share of the rate's error. */
const SAME_RATE = 0.2

/**
 * Timestamps at the rate of real time. Some clocks run at a wrong rate from beginning to end, such as 44.1 kHz audio stamped as 48 kHz:
 * delays then change along a straight line, and by as much from frame to frame. Steps and pauses, which do not, are left alone.
 */
export function withoutWrongRate(times: Float64Array, arrived: ArrayLike<number>): Float64Array {
  const took = (arrived[times.length - 1] ?? 0) - (arrived[0] ?? 0)
  if (times.length < FEWEST || took < SHORTEST) return times
  const { slope, error } = lineOf(delaysOf(times, arrived))
  const rate = 1 - slope
  const deviation = Math.abs(slope) * took
  if (Math.abs(slope) < WRONG || deviation < NOTICEABLE || rate < SLOWEST || error > deviation * STRAIGHT) return times
  const frameRate = usualStep(times) / usualStep(Float64Array.from(arrived))
  if (Math.abs(frameRate - rate) > Math.abs(slope) * SAME_RATE) return times
  const first = times[0] ?? 0
  return times.map((time) => first + (time - first) / rate)
}

interface Point {
  at: number
  late: number
}

/** Median delay of each part of the track. */
function delaysOf(times: Float64Array, arrived: ArrayLike<number>): Point[] {
  return Array.from({ length: PARTS }, (_, part) => {
    const [from, to] = [part, part + 1].map((edge) => Math.floor((edge * times.length) / PARTS))
    const late = times.slice(from, to).map((time, at) => (arrived[(from ?? 0) + at] ?? 0) - time)
    return { at: arrived[Math.floor(((from ?? 0) + (to ?? 0)) / 2)] ?? 0, late: median(late) }
  })
}

/** The line through the points: the median of the slopes between all pairs. `error`: the largest distance of a point from it. */
function lineOf(points: readonly Point[]): { slope: number; error: number } {
  const slopes = points.flatMap((one, index) =>
    points.slice(index + 1).flatMap(({ at, late }) => (at > one.at ? [(late - one.late) / (at - one.at)] : [])),
  )
  const slope = median(slopes)
  const rests = points.map(({ at, late }) => late - slope * at)
  const middle = median(rests)
  return { slope, error: Math.max(...rests.map((rest) => Math.abs(rest - middle))) }
}
