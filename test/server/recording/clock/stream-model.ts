/** Publishers' clocks as reported from the field: frames with true times, and their sent and received times. */
import { Chance } from '../../../support/random'

export interface ModelFrame {
  track: 'audio' | 'video'
  /** Capture time, ms from the publication's start. */
  truth: number
  /** Its timestamp, ms. */
  sent: number
  /** ms from the publication's start */
  arrived: number
}
export const AUDIO_FRAME = 1024 / 48
const VIDEO_FRAME = 1000 / 15

/** Both tracks for some seconds over a network with a little jitter. `pace`: multiple of real time. */
export function friendly(seconds: number, { seed = 1, pace = 1, audio = true, video = true } = {}): ModelFrame[] {
  const chance = new Chance(seed)
  const frames: ModelFrame[] = []
  const add = (track: ModelFrame['track'], interval: number): void => {
    for (let at = 0; at < seconds * 1000; at += interval) frames.push({ track, truth: at, sent: at, arrived: 0 })
  }
  if (audio) add('audio', AUDIO_FRAME)
  if (video) add('video', VIDEO_FRAME)
  frames.sort((one, other) => one.truth - other.truth)
  return deliver(frames, chance, pace)
}

/** Sets the frames' arrival: 10 to 40 ms late, in order. */
function deliver(frames: ModelFrame[], chance: Chance, pace = 1): ModelFrame[] {
  let last = 0
  for (const frame of frames) {
    last = Math.max(last, frame.truth / pace + (pace === 1 ? chance.between(10, 40) : 0))
    frame.arrived = last
  }
  return frames
}

/** Timestamps as on the wire: whole ms, 32 bits. */
export function tracksOf(frames: readonly ModelFrame[]) {
  const of = (track: ModelFrame['track']) => {
    const own = frames.flatMap((frame, order) => (frame.track === track ? [{ ...frame, order }] : []))
    return {
      frames: own,
      times: {
        sent: own.map(({ sent }) => Math.round(sent) >>> 0),
        arrived: own.map(({ arrived }) => arrived),
        order: own.map(({ order }) => order),
      },
    }
  }
  return { audio: of('audio'), video: of('video') }
}

/** Changes the timestamps of some frames. */
export function restamped(
  frames: ModelFrame[],
  change: (frame: ModelFrame) => number,
  which: (frame: ModelFrame) => boolean = () => true,
): ModelFrame[] {
  return frames.map((frame) => (which(frame) ? { ...frame, sent: change(frame) } : frame))
}

export function without(frames: ModelFrame[], which: (frame: ModelFrame) => boolean): ModelFrame[] {
  return frames.filter((frame) => !which(frame))
}
