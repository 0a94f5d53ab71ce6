import { median, withoutOutliers } from './track-times'

/** Fewer frames, or a shorter time, do not show a clock's rate. */
const FEWEST = 24
const SHORTEST = 1_000
/** A smaller error of the rate is drift, which the envelope follows. */
const WRONG = 0.0025
/** A rate is wrong if it moves the end of the track by more than this, ms. */
const NOTICEABLE = 100
/** A slower clock stands still. */
const SLOWEST = 0.45
/** Maximum number of parts of the track whose delays are compared, and minimum frames of each. */
const PARTS = 16
const PART = 4
/** Maximum distance of a part's delay from a straight line: as a share of the whole deviation, and at least in ms. */
const STRAIGHT = 0.1
const JITTER = 40
/** Share of the parts for which that holds. */
const MOST = 0.75
/** A longer step may be a pause, in which another clock stops, ms. */
const LONGEST_STEP = 400
/** Maximum difference of the rate between single frames and over the whole track, as a share of the rate's error. */
const SAME_RATE = 0.2

/**
 * Timestamps at the rate of real time. Some clocks run at a wrong rate from beginning to end, such as 44.1 kHz audio stamped as 48 kHz:
 * delays then change along a straight line, and by as much from frame to frame. Steps and pauses, which do not, are left alone.
 */
export function withoutWrongRate(times: Float64Array, arrived: ArrayLike<number>): Float64Array {
  const took = (arrived[times.length - 1] ?? 0) - (arrived[0] ?? 0)
  if (times.length < FEWEST || took < SHORTEST) return times
  const even = withoutOutliers(times, null)
  const { slope, error } = lineOf(delaysOf(even, arrived))
  const rate = 1 - slope
  const deviation = Math.abs(slope) * took
  if (Math.abs(slope) < WRONG || deviation < NOTICEABLE || rate < SLOWEST) return times
  if (error > Math.max(JITTER, deviation * STRAIGHT)) return times
  if (Math.abs(frameRate(even, arrived) - rate) > Math.abs(slope) * SAME_RATE) return times
  const first = times[0] ?? 0
  return times.map((time) => first + (time - first) / rate)
}

/** The rate from frame to frame, without pauses and without frames that catch up after one. */
function frameRate(times: Float64Array, arrived: ArrayLike<number>): number {
  let [claimed, real, behind] = [0, 0, 0]
  for (let at = 1; at < times.length; at++) {
    const passed = (arrived[at] ?? 0) - (arrived[at - 1] ?? 0)
    const step = (times[at] ?? 0) - (times[at - 1] ?? 0)
    const catchesUp = behind > JITTER && passed < step / 2
    behind = passed > LONGEST_STEP || catchesUp ? Math.max(0, behind + passed - step) : 0
    if (passed > LONGEST_STEP || catchesUp) continue
    real += passed
    claimed += step
  }
  return claimed / Math.max(1, real)
}

interface Point {
  at: number
  late: number
}

/** Median delay of each part of the track. */
function delaysOf(times: Float64Array, arrived: ArrayLike<number>): Point[] {
  const parts = Math.min(PARTS, Math.floor(times.length / PART))
  return Array.from({ length: parts }, (_, part) => {
    const [from, to] = [part, part + 1].map((edge) => Math.floor((edge * times.length) / parts))
    const late = times.slice(from, to).map((time, at) => (arrived[(from ?? 0) + at] ?? 0) - time)
    return { at: arrived[Math.floor(((from ?? 0) + (to ?? 0)) / 2)] ?? 0, late: median(late) }
  })
}

/** The line through the points: the median of the slopes between all pairs. `error`: the distance from it of most points; few may be stalled. */
function lineOf(points: readonly Point[]): { slope: number; error: number } {
  const slopes = points.flatMap((one, index) =>
    points.slice(index + 1).flatMap(({ at, late }) => (at > one.at ? [(late - one.late) / (at - one.at)] : [])),
  )
  const slope = median(slopes)
  const rests = points.map(({ at, late }) => late - slope * at)
  const middle = median(rests)
  const distances = rests.map((rest) => Math.abs(rest - middle)).sort((one, other) => one - other)
  return { slope, error: distances[Math.floor(distances.length * MOST)] ?? Infinity }
}
