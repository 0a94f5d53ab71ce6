import { median, type TrackTimes } from './track-times'

/** A track with unwrapped timestamps and its usual frame length, ms. */
interface StalledTrack extends Pick<TrackTimes, 'arrived' | 'order'> {
  times: Float64Array
  step: number
}

/** A longer time without frames on either track may be a stall, ms. */
const GAP = 250
/** Minimum excess of media over real time that indicates a stall, ms. */
const NOTICEABLE = 100
/** Frames that make up for this share of the gap were stalled, whatever their timestamps: encoders' bursts are shorter. */
const HELD = 0.5
/** Maximum error of a timestamp that is still used, ms. */
const UNCERTAIN = 150

/** Audio and video. */
type Tracks = readonly [StalledTrack, StalledTrack]
/** Of audio and video, ms. */
type Arrivals = readonly [Float64Array, Float64Array]

/** A frame of either track: its number there. */
interface Frame {
  track: 0 | 1
  at: number
}

/**
 * Arrival times without network stalls, ms: `arrived`, with the frames that came at once after a gap spread over it. They are placed by
 * their timestamps as far as those fit into the gap, otherwise by their order among the frames of the other track: both share one
 * connection.
 */
export function withoutStalls(sound: StalledTrack, picture: StalledTrack): [Float64Array, Float64Array] {
  const tracks = [sound, picture] as const
  const came: [Float64Array, Float64Array] = [Float64Array.from(sound.arrived), Float64Array.from(picture.arrived)]
  const next: [number, number] = [0, 0]
  let last = NaN
  while (next[0] < sound.times.length || next[1] < picture.times.length) {
    const track = nextTrack(tracks, next)
    const arrived = tracks[track].arrived[next[track]] ?? 0
    if (arrived - last > GAP) {
      const { backlog, held } = backlogAt(tracks, next, arrived - last)
      if (held >= NOTICEABLE && (held >= (arrived - last) * HELD || isOnTime(backlog, tracks, came))) {
        spread(backlog, last, tracks, came)
        for (const frame of backlog) {
          next[frame.track] = frame.at + 1
          last = tracks[frame.track].arrived[frame.at] ?? 0
        }
        continue
      }
    }
    last = arrived
    next[track]++
  }
  return came
}

/** The track whose next frame arrived first. */
function nextTrack([sound, picture]: Tracks, [one, other]: readonly [number, number]): 0 | 1 {
  return (sound.order[one] ?? Infinity) < (picture.order[other] ?? Infinity) ? 0 : 1
}

/** The frames that arrived faster than real time after a gap, and the excess, ms. `start`: the next frame of each track. */
function backlogAt(tracks: Tracks, start: readonly [number, number], gap: number): { backlog: Frame[]; held: number } {
  const next: [number, number] = [...start]
  const content: [number, number] = [0, 0]
  const frames: Frame[] = []
  const first = nextTrack(tracks, next)
  const begin = tracks[first].arrived[next[first]] ?? 0
  let held = 0
  let end = 0
  while (next[0] < tracks[0].times.length || next[1] < tracks[1].times.length) {
    const track = nextTrack(tracks, next)
    const at = next[track]++
    frames.push({ track, at })
    content[track] += tracks[track].step
    const passed = (tracks[track].arrived[at] ?? 0) - begin
    const ahead = Math.max(...content) - passed
    if (ahead > held) {
      held = ahead
      end = frames.length
    }
    // The excess cannot be larger than the gap.
    if (ahead >= gap || passed > gap) break
  }
  return { backlog: frames.slice(0, end), held }
}

/** Whether the last frame of a backlog arrived on time by its track's earlier clock. */
function isOnTime(backlog: readonly Frame[], tracks: Tracks, came: Arrivals): boolean {
  const last = backlog.at(-1)
  if (!last) return false
  const { times, arrived } = tracks[last.track]
  const due = (times[last.at] ?? 0) + clockBefore(backlog, last.track, tracks, came)
  return Math.abs(due - (arrived[last.at] ?? 0)) <= UNCERTAIN
}

/** Sets the arrival times of a stall's frames to those without the stall. `from`: arrival of the last frame before it. */
function spread(frames: readonly Frame[], from: number, tracks: Tracks, came: Arrivals): void {
  const clocks = [0, 1].map((track) => clockBefore(frames, track, tracks, came))
  /** Arrival of each track's last frame without the stall. */
  const last: [number, number] = [from, from]
  for (const { track, at } of frames) {
    const { arrived, times, step } = tracks[track]
    const latest = arrived[at] ?? 0
    const claimed = (times[at] ?? 0) + (clocks[track] ?? NaN)
    const other = last[1 - track] ?? from
    const fits = claimed >= Math.max(from, other, last[track]) - UNCERTAIN && claimed <= latest + UNCERTAIN
    const time = Math.min(Math.max(fits ? claimed : Math.max(last[track] + step, other), from), latest)
    if (!fits) clocks[track] = time - (times[at] ?? 0)
    came[track][at] = time
    last[track] = Math.max(last[track], time)
  }
}

/** Number of frames before a stall from which a track's usual delay is computed. */
const WITNESSES = 8

/** Usual delay of a track's last frames before a stall, ms; NaN if there are none. */
function clockBefore(frames: readonly Frame[], track: number, tracks: Tracks, came: Arrivals): number {
  const first = frames.find((frame) => frame.track === track)
  if (!first || first.at === 0) return NaN
  const from = Math.max(0, first.at - WITNESSES)
  const times = tracks[first.track].times.subarray(from, first.at)
  return median(times.map((time, at) => (came[first.track][from + at] ?? 0) - time))
}
