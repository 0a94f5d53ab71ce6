import { delayAt, lowerEnvelope } from './envelope'
import { withoutWrongRate } from './rate'
import { withoutStalls } from './stalls'
import {
  median,
  spreadBursts,
  type TrackTimes,
  unwrap,
  usualStep,
  withoutOutliers,
  withoutStandstill,
} from './track-times'

/**
 * Media time of each frame, ms from the publication's start; negative for frames captured before they could be sent. Not rounded; never
 * decreasing for pictures.
 */
interface MediaTimes {
  audio: Float64Array
  video: Float64Array
}

/** A run ends at a step that differs from real time by more than this, ms. */
const JUMP = 300
/** Runs of one track with delays that differ by less have the same clock, ms. */
const SAME_CLOCK = 100
/** Maximum length of a delayed run at the beginning or end, ms. */
const SHORT_RUN = 1_000
/** A shorter run may be delayed as a whole even if its frames arrived at their usual pace, ms. */
const EVEN_RUN = 300
/** Maximum length of a run of delayed frames, ms. */
const LONG_RUN = 10_000
/** Maximum length of media lost at once while frames are delayed, ms. */
const LOST = 600
/** Maximum delay at the end of a stream; longer ones are another clock, ms. */
const LONGEST_STALL = 2_000
/** Both tracks have one clock if their first frames arrive within this time, ms. */
const COMMON_START = 500
/** The tracks began together if the second one starts within this time, ms. */
const TOGETHER = 1_000
/** Tracks that stay this close to their common clock are kept exactly in step, ms. */
const EXACT = 60
/** Maximum lead of a stream over real time, ms. */
const AHEAD = 5_000
/** A longer delay of more than `AHEAD` is not a stall, ms. */
const LASTING = 2_000
/** In a stream without audio, a longer frame is a pause, ms. */
const LONGEST_PICTURE = 100
/** A shorter interval of pictures is faster than a live stream, ms. */
const FASTEST_CAMERA = 20
/** Minimum difference of arrival times that is significant, ms. */
const NOTICEABLE = 20
/** Timestamps that exceed the possible time by this much are not used at all, ms. */
const LIE = 60_000

/**
 * Maps publishers' timestamps to real time. Timestamps are used as long as they agree with arrival times. Outliers, steps, clocks that stop
 * or drift, and tracks with separate clocks are detected by comparing both, forward and backward in time. `frameLength`: of audio, ms.
 */
export function mediaTimes(audio: TrackTimes, video: TrackTimes, frameLength: number): MediaTimes {
  const base = baseOf(audio, video)
  const sound: Track = { ...audio, times: unwrap(audio.sent, base), longest: frameLength }
  const picture: Track = { ...video, times: unwrap(video.sent, base), longest: LONGEST_PICTURE }
  const faster = isFasterThanTime(sound, picture)
  if (!faster) correctArrivalAndRate(sound, picture)
  sound.times = cleaned(sound, faster, true)
  picture.times = cleaned(picture, faster, false)
  const last = Math.max(...[audio, video].map(({ arrived }) => arrived[arrived.length - 1] ?? 0))
  const asArrived = (): MediaTimes => {
    return { audio: Float64Array.from(sound.arrived), video: rising(Float64Array.from(picture.arrived)) }
  }
  if (faster && paceByOrder(sound, picture)) return asArrived()
  const captured = { times: spreadBursts(sound.times, frameLength), arrived: sound.arrived }
  const [soundOffsets, pictureOffsets] = [offsetsOf(captured, picture), offsetsOf(picture, sound)]
  keepInStep(sound, soundOffsets, picture, pictureOffsets)
  const placed = [place(sound, soundOffsets), place(picture, pictureOffsets)]
  if (!faster && [sound, picture].some(({ arrived }, at) => !isPossible(placed[at] ?? [], arrived))) return asArrived()
  // No frame is later than its arrival, including frames of one burst.
  const ahead = faster ? Math.max(...placed.map((times) => times.at(-1) ?? 0)) - last : 0
  for (const times of placed) for (let at = 0; at < times.length; at++) times[at] = (times[at] ?? 0) - ahead
  return { audio: placed[0] ?? new Float64Array(), video: rising(placed[1] ?? new Float64Array()) }
}

/** Sets timestamps at a wrong rate to real time, and arrival times to those without stalls of the network. */
function correctArrivalAndRate(sound: Track, picture: Track): void {
  const [heard, seen] = withoutNetworkStalls(sound, picture)
  const [soundTimes, pictureTimes] = [withoutWrongRate(sound.times, heard), withoutWrongRate(picture.times, seen)]
  const isWrong = soundTimes !== sound.times || pictureTimes !== picture.times
  sound.times = soundTimes
  picture.times = pictureTimes
  ;[sound.arrived, picture.arrived] = isWrong ? withoutNetworkStalls(sound, picture) : [heard, seen]
}

/** Arrival times of both tracks without stalls of the network. */
function withoutNetworkStalls(sound: Track, picture: Track): [Float64Array, Float64Array] {
  const step = Math.min(LONGEST_PICTURE, usualStep(picture.times) || LONGEST_PICTURE)
  const even = ({ times }: Track): Float64Array => withoutOutliers(times, null)
  return withoutStalls(
    { ...sound, times: even(sound), step: sound.longest },
    { ...picture, times: even(picture), step },
  )
}

/** Removes outliers and standstills. Arrival times are not used if the stream came faster than real time. */
function cleaned({ times, arrived }: Track, faster: boolean, bursts: boolean): Float64Array {
  return faster ? withoutOutliers(times, null) : withoutOutliers(withoutStandstill(times, arrived, bursts), arrived)
}

interface Track {
  times: Float64Array
  arrived: ArrayLike<number>
  order: ArrayLike<number>
  /** Maximum duration of a frame; longer ones are a pause, ms. */
  longest: number
}

function baseOf(audio: TrackTimes, video: TrackTimes): number {
  const soundFirst = (audio.arrived[0] ?? Infinity) <= (video.arrived[0] ?? Infinity)
  return (soundFirst ? audio.sent[0] : video.sent[0]) ?? 0
}

/** Duration of a track's media without pauses, ms. */
function contentOf({ times, longest }: Track): number {
  const step = Math.min(longest, Math.max(usualStep(times), 1))
  return times.length * step
}

/**
 * Whether the stream came so fast that arrival times are meaningless, as from a file. Audio shows it by the number of its frames. Pictures
 * show it by their timestamps, which may be wrong: only if they come faster than any camera sends them, and little audio came.
 */
function isFasterThanTime(sound: Track, picture: Track): boolean {
  const first = Math.min(sound.arrived[0] ?? Infinity, picture.arrived[0] ?? Infinity)
  const last = Math.max(...[sound, picture].map(({ arrived }) => arrived[arrived.length - 1] ?? 0))
  const took = last - first
  const heard = contentOf(sound)
  if (heard > took / 2) return heard > took * 1.5 + 1_000
  const interval = usualStep(Float64Array.from(picture.arrived))
  return interval < FASTEST_CAMERA && contentOf(picture) > took * 1.5 + 1_000
}

/**
 * Replaces arrival times of frames that came faster than real time by the time of the track with fewer gaps: frames between two of its
 * frames belong between them. Returns whether the timestamps were unusable.
 */
function paceByOrder(one: Track, other: Track): boolean {
  const [leader, follower] = longestGap(one, other) <= longestGap(other, one) ? [one, other] : [other, one]
  const { paced, distrusted } = pace(leader)
  leader.arrived = paced
  const arrived = new Float64Array(follower.times.length)
  let next = 0
  for (let at = 0; at < arrived.length; at++) {
    while (next < paced.length && (leader.order[next] ?? 0) < (follower.order[at] ?? 0)) next++
    const step = at === 0 ? 0 : Math.max(0, (follower.times[at] ?? 0) - (follower.times[at - 1] ?? 0))
    const earliest = paced[next - 1] ?? paced[0] ?? 0
    const latest = next < paced.length ? (paced[next] ?? 0) : Infinity
    const own = (arrived[at - 1] ?? earliest) + Math.min(step, follower.longest)
    arrived[at] = Math.min(Math.max(own, earliest), Math.max(latest, earliest))
  }
  follower.arrived = arrived
  return distrusted
}

/** Maximum time that a track was absent, by the frames of the other track in between, ms. */
function longestGap(track: Track, other: Track): number {
  if (track.times.length === 0) return Infinity
  let [longest, before] = [0, 0]
  for (let at = 0; at <= track.times.length; at++) {
    // All frames of the publication up to this one, minus the track's own.
    const others = at < track.times.length ? (track.order[at] ?? 0) - at : other.times.length
    longest = Math.max(longest, others - before)
    before = others
  }
  return longest * Math.min(usualStep(other.times), other.longest)
}

/** Times of a track that came faster than real time: its own steps, with pauses limited to the call's real duration. */
function pace(track: Track): { paced: Float64Array; distrusted: boolean } {
  const { times, arrived, longest } = track
  const paced = new Float64Array(times.length)
  const start = arrived[0] ?? 0
  const took = (arrived[times.length - 1] ?? 0) - start
  const speed = contentOf(track) / Math.max(1, took)
  const usual = Math.min(usualStep(times), longest)
  let [pauses, refused] = [0, 0]
  paced[0] = start
  for (let at = 1; at < times.length; at++) {
    const step = (times[at] ?? 0) - (times[at - 1] ?? 0)
    const shown = step < 0 ? usual : Math.min(step, longest)
    const pause = Math.max(0, step - shown)
    const passed = (arrived[at] ?? 0) - (arrived[at - 1] ?? 0)
    const possible = Math.max(0, (arrived[at] ?? 0) - start + AHEAD - pauses)
    const granted = isStep(pause, passed, speed) ? 0 : Math.min(pause, possible)
    pauses += granted
    refused += pause - granted
    paced[at] = (paced[at - 1] ?? 0) + shown + granted
  }
  const distrusted = refused > LIE
  if (distrusted)
    for (let at = 0; at < paced.length; at++) paced[at] = Math.min(paced[at] ?? 0, (arrived[at] ?? 0) + AHEAD)
  return { paced, distrusted }
}

/** Whether a pause took no real time, although it had to at the speed of the rest. */
function isStep(pause: number, passed: number, speed: number): boolean {
  const expected = pause / speed
  return expected > NOTICEABLE && passed < expected / 3
}

interface Run {
  from: number
  to: number
  /** Minimum delay of its frames, ms. */
  late: number
  /** Smoothed delays of the frames before `to`, ms; kept because runs grow by joining. */
  spread?: { to: number; least: number; most: number }
}

type Timed = Pick<Track, 'times' | 'arrived'>

/** Offset from a track's timestamps to media time, per frame, ms. `other`: the track on the same connection. */
function offsetsOf({ times, arrived }: Timed, other: Timed): Float64Array {
  const offsets = new Float64Array(times.length)
  for (const clock of clocksOf(runsOf(times, arrived), { times, arrived }, other)) {
    offsets.set(lowerEnvelope(times, arrived, clock.from, clock.to), clock.from)
  }
  return offsets
}

/** Ranges in which timestamps and arrival agree. */
function runsOf(times: Float64Array, arrived: ArrayLike<number>): Run[] {
  const runs: Run[] = []
  for (let at = 0; at < times.length; at++) {
    const run = runs.at(-1)
    const step = (times[at] ?? 0) - (times[at - 1] ?? 0)
    const passed = (arrived[at] ?? 0) - (arrived[at - 1] ?? 0)
    if (!run || Math.abs(step - passed) > JUMP || step < -JUMP / 6) runs.push({ from: at, to: at + 1, late: Infinity })
    else run.to = at + 1
  }
  for (const run of runs) {
    for (let at = run.from; at < run.to; at++) {
      run.late = Math.min(run.late, delayAt(times, arrived, at, run.from, run.to))
    }
  }
  return runs
}

/**
 * Joins runs that have the same clock. Late frames can make a run look like another clock, early ones cannot: a run that was only late
 * belongs to the surrounding clock. Frames may be lost during a delay, which moves timestamps forward a little.
 */
function clocksOf(runs: readonly Run[], { times, arrived }: Timed, other: Timed): Run[] {
  const clocks: Run[] = []
  runs.forEach((run, index) => {
    const clock = clocks.at(-1)
    const joins =
      clock !== undefined &&
      (Math.abs(run.late - clock.late) <= SAME_CLOCK ||
        (run.late > clock.late
          ? wasHeldUp(clock, run, times, arrived, other) &&
            (returnsTo(clock, runs.slice(index + 1, index + 9)) ||
              (index === runs.length - 1 && isTail(clock, run, times)))
          : isForward(clock, run, times, arrived)))
    if (joins) Object.assign(clock, { to: run.to, late: Math.min(clock.late, run.late) })
    else clocks.push({ ...run })
  })
  return clocks
}

const lengthOf = ({ from, to }: Run, times: Float64Array): number => (times[to - 1] ?? 0) - (times[from] ?? 0)
const returnsTo = ({ late }: Run, runs: readonly Run[]): boolean =>
  runs.some((run) => Math.abs(run.late - late) <= SAME_CLOCK)

/**
 * Whether a run was delayed by the network or a busy phone: nothing arrived for about as long before it, and it arrived unevenly, or is
 * short and the other track was absent too.
 */
function wasHeldUp(clock: Run, run: Run, times: Float64Array, arrived: ArrayLike<number>, other: Timed): boolean {
  const [before, first] = [arrived[run.from - 1] ?? 0, arrived[run.from] ?? 0]
  if (first - before < (run.late - clock.late) / 2) return false
  const length = lengthOf(run, times)
  if (cameUnevenly(run, times, arrived)) return length < LONG_RUN
  return length < EVEN_RUN && !cameMeanwhile(other, before, first)
}

/** Frames whose delays are averaged, because timestamps may jitter. */
const SMOOTHED = 8

/** Whether frames were held up and then came faster than time. */
function cameUnevenly(run: Run, times: Float64Array, arrived: ArrayLike<number>): boolean {
  const { from, to } = run
  const lateOf = (at: number, frames: number): Float64Array =>
    times.slice(at, at + frames).map((time, one) => (arrived[at + one] ?? 0) - time)
  if (to - from < 2 * SMOOTHED) return rangeOf(lateOf(from, to - from)) > SAME_CLOCK
  const spread = (run.spread ??= { to: from, least: Infinity, most: -Infinity })
  const add = (late: number): void => {
    spread.least = Math.min(spread.least, late)
    spread.most = Math.max(spread.most, late)
  }
  for (; spread.to + SMOOTHED <= to; spread.to += SMOOTHED) add(median(lateOf(spread.to, SMOOTHED)))
  const rest = spread.to < to ? [median(lateOf(spread.to, to - spread.to))] : []
  return Math.max(spread.most, ...rest) - Math.min(spread.least, ...rest) > SAME_CLOCK
}

const rangeOf = (values: Float64Array): number => Math.max(...values) - Math.min(...values)

/** Number of frames within a gap that shows that the connection was not stalled. */
const MEANWHILE = 3

function cameMeanwhile({ arrived }: Timed, from: number, to: number): boolean {
  let [came, last] = [0, from]
  for (let at = firstAfter(arrived, from); at < arrived.length && came < MEANWHILE; at++) {
    const time = arrived[at] ?? 0
    if (time >= to - NOTICEABLE) break
    // Frames that arrive together count as one.
    if (time > last + NOTICEABLE) [came, last] = [came + 1, time]
  }
  return came >= MEANWHILE
}

/** Index of the first value above `limit` in ascending values. */
function firstAfter(values: ArrayLike<number>, limit: number): number {
  let [from, to] = [0, values.length]
  while (from < to) {
    const middle = (from + to) >> 1
    if ((values[middle] ?? 0) > limit) to = middle
    else from = middle + 1
  }
  return from
}

/** Whether the stream ended within the delay. */
const isTail = (clock: Run, run: Run, times: Float64Array): boolean =>
  lengthOf(run, times) < SHORT_RUN && run.late - clock.late < LONGEST_STALL

/** Whether a run with less delay continues the clock: all frames of the clock were delayed, some were lost, or it is the first run. */
function isForward(clock: Run, run: Run, times: Float64Array, arrived: ArrayLike<number>): boolean {
  const step = (times[run.from] ?? 0) - (times[clock.to - 1] ?? 0)
  if (step < 0 || !cameUnevenly(clock, times, arrived)) return false
  if (step <= LOST) return true
  const took = (arrived[clock.to - 1] ?? 0) - (arrived[clock.from] ?? 0)
  const cameAtOnce = took <= lengthOf(clock, times) / 2
  return step < AHEAD && lengthOf(clock, times) < SHORT_RUN && cameAtOnce
}

/**
 * Audio and video of one clock keep the distance of their timestamps, however late either arrives. Whether they share a clock is decided at
 * their beginning; if they diverge later, because a clock stopped or drifts, arrival times decide.
 */
function keepInStep(sound: Track, soundOffsets: Float64Array, picture: Track, pictureOffsets: Float64Array): void {
  if (soundOffsets.length === 0 || pictureOffsets.length === 0) return
  const apart = new Float64Array(soundOffsets.length)
  let next = 0
  for (let at = 0; at < apart.length; at++) {
    const arrived = sound.arrived[at] ?? 0
    while (next < pictureOffsets.length - 1 && (picture.arrived[next + 1] ?? 0) <= arrived) next++
    apart[at] = (soundOffsets[at] ?? 0) - (pictureOffsets[next] ?? 0)
  }
  const begin = median(apart.subarray(0, 50))
  const beganTogether = Math.abs((sound.arrived[0] ?? 0) - (picture.arrived[0] ?? 0)) <= TOGETHER
  const common = beganTogether && Math.abs(begin) <= COMMON_START ? begin : 0
  for (let at = 0; at < apart.length; at++) {
    const off = (apart[at] ?? 0) - common
    // The part that a common clock and an uneven network explain; nothing that only another clock explains.
    const explained = Math.sign(off) * Math.max(0, Math.min(Math.abs(off), 2 * EXACT - Math.abs(off)))
    soundOffsets[at] = (soundOffsets[at] ?? 0) - common - explained
  }
}

function place({ times }: Track, offsets: Float64Array): Float64Array {
  return times.map((time, at) => time + (offsets[at] ?? 0))
}

/**
 * Whether a track is nowhere much earlier than it arrived. A stall of the network delays frames by any time, but only until the last of
 * them has come: a lasting delay means that the timestamps made no sense.
 */
function isPossible(placed: ArrayLike<number>, arrived: ArrayLike<number>): boolean {
  if ((placed[0] ?? 0) < (arrived[0] ?? 0) - AHEAD) return false
  let since: number | null = null
  for (let at = 0; at < placed.length; at++) {
    const time = arrived[at] ?? 0
    if (time - (placed[at] ?? 0) <= AHEAD) since = null
    else if (time - (since ??= time) > LASTING) return false
  }
  return true
}

function rising(times: Float64Array): Float64Array {
  for (let at = 1; at < times.length; at++) times[at] = Math.max(times[at] ?? 0, times[at - 1] ?? 0)
  return times
}
