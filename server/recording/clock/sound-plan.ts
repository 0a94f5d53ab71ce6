import { median } from './track-times'

/**
 * Positions of a participant's audio frames: AAC frames adjoin, so time is given by their count. Times in ms from the participant's zero.
 */
export interface SoundPlan {
  /** Number of silent frames before each frame. */
  silence: Uint32Array
  /** Start of each frame in the file. */
  starts: Float64Array
  /** Lag of the file behind media time at a moment: subtracted from picture times to keep them in step. */
  lagAt(time: number): number
  /** The media time of a position in the file. */
  timeAt(position: number): number
}

/** A frame due this much later than the previous one ends may follow a pause, ms. */
const PAUSE = 55
/** Shorter pauses are only followed by the pictures, ms. */
const SHORTEST_SILENCE = 45
/** Maximum length of a burst of frames with one timestamp, ms. */
const LONGEST_BURST = 250
/** Number of frames before and after from which the position of the sound is estimated. */
const WITNESSES = 48
/** Levels that differ by more than this multiple of the median deviation differ significantly. */
const SURE = 7
/** In a burst, the first timestamp is exact to this, ms. */
const EXACT = 4
/** Maximum increase of timestamps within a burst, ms. */
const SAME = 2
/** An imperceptible lag: pictures keep their own times, ms. */
const UNNOTICED = 25
/** The lag is given for ranges of this length, the last one up to twice as long, ms. */
const STEP = 2_000

/**
 * Places audio frames by counting them. `times`: their media times by timestamp, which may be shared by several frames, or jitter;
 * `lengths`: of each frame. Silence is inserted only if frames before and after agree on a pause. Drift is not corrected with silence, but
 * returned by `lagAt`.
 */
export function planSound(times: ArrayLike<number>, lengths: ArrayLike<number>): SoundPlan {
  const count = times.length
  const silence = new Uint32Array(count)
  const starts = new Float64Array(count)
  /** Offset of each frame from pure counting. */
  const off = new Float64Array(count)
  let counted = 0
  for (let at = 0; at < count; at++) {
    off[at] = (times[at] ?? 0) - counted
    counted += lengths[at] ?? 0
  }
  let [inserted, since] = [0, 0]
  counted = 0
  for (let at = 0; at < count; at++) {
    const length = lengths[at] ?? 0
    if (at === 0 || (times[at] ?? 0) - (times[at - 1] ?? 0) - (lengths[at - 1] ?? 0) > PAUSE) {
      const to = nextPause(times, lengths, at)
      const from = Math.max(since, at - WITNESSES)
      const bursts = comesInBursts(times, off, from, to)
      const before = at === 0 ? 0 : levelOf(times, off, from, at, bursts)
      // A burst that begins here is exact; otherwise many frames must agree.
      const after = bursts ? (off[at] ?? 0) : levelOf(times, off, at, to, bursts)
      const pause = after - before
      const isPause =
        pause > (at === 0 ? length / 2 : Math.max(SHORTEST_SILENCE, uncertaintyOf(times, off, from, at, to)))
      // Relative to the silence inserted so far, so that errors do not add up.
      const frames = isPause ? Math.max(0, Math.round((after - inserted) / length)) : 0
      if (frames > 0) since = at
      silence[at] = frames
      inserted += frames * length
    }
    starts[at] = counted + inserted
    counted += length
  }
  return { silence, starts, ...lagOf(times, starts) }
}

/** Difference of the levels before and after `at` that noise can explain, ms. The noise is measured on the side with more frames. */
function uncertaintyOf(times: ArrayLike<number>, off: Float64Array, from: number, at: number, to: number): number {
  const [first, last] = at - from > to - at ? [from, at] : [at, to]
  const side = comesInBursts(times, off, from, to) ? firstsOf(times, off, first, last) : [...off.subarray(first, last)]
  const middle = median(side)
  const scatter = median(side.map((one) => Math.abs(one - middle)))
  const fewest = Math.min(momentsIn(times, from, at), momentsIn(times, at, to))
  return (SURE * scatter) / Math.sqrt(Math.max(1, fewest))
}

/** Number of distinct timestamps. */
function momentsIn(times: ArrayLike<number>, from: number, to: number): number {
  let moments = 0
  for (let at = from; at < to; at++) if (at === from || (times[at] ?? 0) - (times[at - 1] ?? 0) > SAME) moments++
  return moments
}

/** End of the frames that support a pause before `at`: the next certain pause. */
function nextPause(times: ArrayLike<number>, lengths: ArrayLike<number>, at: number): number {
  const most = Math.min(times.length, at + WITNESSES)
  for (let next = at + 1; next < most; next++) {
    if ((times[next] ?? 0) - (times[next - 1] ?? 0) - (lengths[next - 1] ?? 0) > LONGEST_BURST) return next
  }
  return most
}

/**
 * Whether frames share timestamps that are exact for the first one of each burst: their offsets are then nearly equal, except for pauses.
 */
function comesInBursts(times: ArrayLike<number>, off: Float64Array, from: number, to: number): boolean {
  const firsts = firstsOf(times, off, from, to)
  const steps = firsts.slice(1).map((one, at) => Math.abs(one - (firsts[at] ?? 0)))
  return firsts.length < to - from && median(steps) <= EXACT
}

/** The offset of some frames: for bursts, of their first frames; otherwise the median. */
function levelOf(times: ArrayLike<number>, off: Float64Array, from: number, to: number, bursts: boolean): number {
  return median(bursts ? firstsOf(times, off, from, to) : off.subarray(from, to))
}

/** The offsets of the first frames of bursts; of a burst that began before the range only if there is no other. */
function firstsOf(times: ArrayLike<number>, off: Float64Array, from: number, to: number): number[] {
  const isFirst = (at: number): boolean => at === 0 || Math.abs((times[at] ?? 0) - (times[at - 1] ?? 0)) > SAME
  const firsts: number[] = []
  for (let at = from; at < to; at++) if (isFirst(at)) firsts.push(off[at] ?? 0)
  return firsts.length > 0 ? firsts : [off[from] ?? 0]
}

/** See `SoundPlan`: the smoothed offset of media time from the file, on a grid. */
function lagOf(times: ArrayLike<number>, starts: Float64Array): Pick<SoundPlan, 'lagAt' | 'timeAt'> {
  const behind = starts.map((start, at) => (times[at] ?? 0) - start)
  const nodes: Node[] = []
  for (let at = 0; at < times.length;) {
    const begin = starts[at] ?? 0
    let to = at + 1
    const end = (starts.at(-1) ?? 0) < begin + 2 * STEP ? Infinity : begin + STEP
    while (to < times.length && (starts[to] ?? 0) < end) to++
    const lag = levelOf(times, behind, at, to, comesInBursts(times, behind, at, to))
    const position = (begin + (starts[to - 1] ?? begin)) / 2
    nodes.push({ position, time: position + lag, lag })
    at = to
  }
  if (nodes.every(({ lag }) => Math.abs(lag) <= UNNOTICED)) return { lagAt: () => 0, timeAt: (position) => position }
  const [byTime, byPosition] = [lagBy(nodes, 'time'), lagBy(nodes, 'position')]
  return { lagAt: byTime, timeAt: (position) => position + byPosition(position) }
}

interface Node {
  position: number
  time: number
  lag: number
}

/** The lag between grid nodes; optimized for ascending queries. */
function lagBy(nodes: readonly Node[], key: 'time' | 'position'): (at: number) => number {
  let near = 0
  return (at) => {
    while (near > 0 && (nodes[near]?.[key] ?? 0) > at) near--
    while (near < nodes.length - 1 && (nodes[near + 1]?.[key] ?? Infinity) <= at) near++
    const [before, after] = [nodes[near], nodes[near + 1]]
    if (!before) return 0
    if (!after || at <= before[key]) return before.lag
    return before.lag + ((after.lag - before.lag) * (at - before[key])) / (after[key] - before[key])
  }
}
