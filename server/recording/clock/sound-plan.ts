import { median } from './track-times'

/** Where a participant's sound goes: AAC frames adjoin, so that time passes by their number. Times in ms from the participant's zero. */
export interface SoundPlan {
  /** So many frames of silence before each frame. */
  silence: Uint32Array
  /** Where each frame begins in the file. */
  starts: Float64Array
  /** How far the file is behind media time at a moment: what is to be taken off the time of a picture so that it is in step. */
  lagAt(time: number): number
  /** The media time of a place in the file. */
  timeAt(position: number): number
}

/** A frame that is due this much later than the last one ends may come after a pause, ms. */
const PAUSE = 55
/** A pause of less is left to the picture to follow, ms. */
const SHORTEST_SILENCE = 45
/** No burst of frames that share a timestamp is longer, ms. */
const LONGEST_BURST = 250
/** So many frames before and after tell where the sound is. */
const WITNESSES = 48
/** Levels that differ by more than this multiple of the median deviation differ significantly. */
const SURE = 7
/** Timestamps of bursts are exact where a burst begins, ms. */
const EXACT = 4
/** Timestamps of a burst rise by at most this, ms. */
const SAME = 2
/** What nobody notices: then pictures keep their own times, ms. */
const UNNOTICED = 25
/** The lag is told for stretches of this length, the last one up to twice as long, ms. */
const STEP = 2_000

/**
 * Places frames by counting them. `times`: when each belongs by its timestamp, which may be shared by several frames, or jitter;
 * `lengths`: of each frame. Silence is put in only where frames before and after agree on a pause; a drift is not, but told by `lagAt`.
 */
export function planSound(times: ArrayLike<number>, lengths: ArrayLike<number>): SoundPlan {
  const count = times.length
  const silence = new Uint32Array(count)
  const starts = new Float64Array(count)
  /** Of each frame, against counting alone. */
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
      // A burst that begins here is exact by itself; else many frames must agree.
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

/** Where the frames that witness a pause before `at` end: at the next pause that is surely one. */
function nextPause(times: ArrayLike<number>, lengths: ArrayLike<number>, at: number): number {
  const most = Math.min(times.length, at + WITNESSES)
  for (let next = at + 1; next < most; next++) {
    if ((times[next] ?? 0) - (times[next - 1] ?? 0) - (lengths[next - 1] ?? 0) > LONGEST_BURST) return next
  }
  return most
}

/** Whether frames share timestamps that are exact for the first of each burst: then those differ by next to nothing, but for pauses. */
function comesInBursts(times: ArrayLike<number>, off: Float64Array, from: number, to: number): boolean {
  const firsts = firstsOf(times, off, from, to)
  const steps = firsts.slice(1).map((one, at) => Math.abs(one - (firsts[at] ?? 0)))
  return firsts.length < to - from && median(steps) <= EXACT
}

/** The offset of some frames: of bursts that of their first frames, else the middle. */
function levelOf(times: ArrayLike<number>, off: Float64Array, from: number, to: number, bursts: boolean): number {
  return median(bursts ? firstsOf(times, off, from, to) : off.subarray(from, to))
}

/** The offsets of the first frames of bursts; of one that began before the stretch only where there is no other. */
function firstsOf(times: ArrayLike<number>, off: Float64Array, from: number, to: number): number[] {
  const isFirst = (at: number): boolean => at === 0 || Math.abs((times[at] ?? 0) - (times[at - 1] ?? 0)) > SAME
  const firsts: number[] = []
  for (let at = from; at < to; at++) if (isFirst(at)) firsts.push(off[at] ?? 0)
  return firsts.length > 0 ? firsts : [off[from] ?? 0]
}

/** See `SoundPlan`: the offset of media time from the file, smoothed, on a grid. */
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

/** The lag between nodes, which are mostly asked for in their order. */
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
