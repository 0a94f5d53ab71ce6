/** A recorded clip of real H.264 and AAC, and a stream that repeats it. */
import { FlvReader } from '../../server/media/flv'
import { DEFAULT_LIMITS } from '../../server/media/limits'
import type { TestTag } from '../../test/support/media-client'
import type { Source } from './source'

export interface Clip {
  picture: ClipTrack
  sound: ClipTrack
}
interface ClipTrack {
  type: 8 | 9
  config: Buffer
  /** `at`: ms from the track's start. */
  frames: { at: number; payload: Buffer }[]
  /** Length until it repeats, ms. */
  length: number
}

/** From an FLV file: video from its first key frame to its last, audio unchanged. Throws if there is less. */
export function readClip(file: Buffer): Clip {
  const tags = [...new FlvReader(DEFAULT_LIMITS.messageSize).read(file)]
  const [picture, sound] = [tracksOf(tags, 9), tracksOf(tags, 8)]
  const keys = picture.frames.filter(({ payload }) => payload.readUInt8(0) >> 4 === 1)
  const [first, last] = [keys[0], keys.at(-1)]
  if (!first || !last || first === last || sound.frames.length < 2) throw new Error('the clip has not enough in it')
  const between = picture.frames.filter(({ at }) => at >= first.at && at < last.at)
  const from = sound.frames[0]?.at ?? 0
  const heard = (sound.frames.at(-1)?.at ?? 0) - from
  return {
    picture: { ...picture, frames: moved(between, first.at), length: last.at - first.at },
    sound: { ...sound, frames: moved(sound.frames, from), length: heard + heard / (sound.frames.length - 1) },
  }
}

/** kbit/s */
export function rateOf({ frames, length }: ClipTrack): number {
  return (8 * frames.reduce((sum, { payload }) => sum + payload.length, 0)) / length
}

type FrameTag = ReturnType<FlvReader['read']> extends Generator<infer Tag, void> ? Tag : never

function tracksOf(tags: readonly FrameTag[], type: 8 | 9): Omit<ClipTrack, 'length'> {
  const own = tags.filter((tag) => tag.type === type)
  const config = own.find(({ payload }) => payload[1] === 0)
  if (!config) throw new Error(`the clip has no configuration of type ${type}`)
  const frames = own.filter(({ payload }) => payload[1] === 1)
  return {
    type,
    config: Buffer.from(config.payload),
    frames: frames.map(({ timestamp, payload }) => ({ at: timestamp, payload: Buffer.from(payload) })),
  }
}

const moved = (frames: ClipTrack['frames'], by: number): ClipTrack['frames'] =>
  frames.map(({ at, payload }) => ({ at: at - by, payload }))

/** Both tracks repeat independently, each at its own end, without gaps. */
export class ClipStream implements Source {
  readonly configurations: readonly TestTag[]
  private readonly picture: Loop
  private readonly sound: Loop

  constructor({ picture, sound }: Clip) {
    this.configurations = [sound, picture].map(({ type, config }) => ({ type, timestamp: 0, payload: config }))
    this.picture = new Loop(picture)
    this.sound = new Loop(sound)
  }

  get due(): number {
    return Math.min(this.picture.due, this.sound.due)
  }

  next(): TestTag {
    return this.picture.due <= this.sound.due ? this.picture.next() : this.sound.next()
  }
}

class Loop {
  private index = 0
  private begin = 0

  constructor(private readonly track: ClipTrack) {}

  get due(): number {
    return this.begin + (this.track.frames[this.index]?.at ?? 0)
  }

  next(): TestTag {
    const { type, frames, length } = this.track
    const timestamp = Math.round(this.due)
    const payload = frames[this.index]?.payload ?? Buffer.alloc(0)
    this.index = (this.index + 1) % frames.length
    if (this.index === 0) this.begin += length
    return { type, timestamp, payload }
  }
}
