/** FLV tag bodies of a tiny real stream: 64x64 grey H.264 and silent AAC, so that relayed data also decode. */

export interface TestTag {
  type: 8 | 9 | 18
  /** ms */
  timestamp: number
  payload: Buffer
}

const AVC_CONFIG = '0142c00affe100176742c00ad90426c044000003000400000300783c48992001000568cb83cb20'
const KEY_FRAME = '65888404bc98a000202f2727275d75d75d75d75d75d780'
/** The frames after the key frame, in this order. */
const FRAMES = [
  '419a380bf846',
  '419a5402fe1180',
  ...['60', '80', 'a0', 'c0', 'e0'].map((number) => `419a${number}17f08c`),
  ...['00', '20', '40', '60', '80', 'a0', 'c0'].map((number) => `419b${number}17f08c`),
]
const AAC_CONFIG = '120856e500'
const AAC_SILENCE = '01182007'

export const FRAMES_PER_GOP = 1 + FRAMES.length
export const VIDEO_INTERVAL = 1000 / 15
/** 1024 samples of 44.1 kHz. */
export const AUDIO_INTERVAL = 1024 / 44.1

const unit = (hex: string): Buffer => {
  const bytes = Buffer.from(hex, 'hex')
  const head = Buffer.alloc(4)
  head.writeUInt32BE(bytes.length)
  return Buffer.concat([head, bytes])
}

/** A NAL unit of an unspecified type, which decoders skip, of `size` bytes. */
function filler(size: number): Buffer {
  const bytes = Buffer.alloc(4 + size, 0xff)
  bytes.writeUInt32BE(size)
  bytes[4] = 31
  bytes[bytes.length - 1] = 0x80
  return bytes
}

/** `padding`: bytes of filler, at least 2, for streams of a given bit rate. */
function video(head: number, nal: string, padding: number): Buffer {
  return Buffer.concat([Buffer.of(head, 1, 0, 0, 0), unit(nal), ...(padding > 0 ? [filler(padding)] : [])])
}

export const audioConfig = (timestamp = 0): TestTag => ({
  type: 8,
  timestamp,
  payload: Buffer.from(`af00${AAC_CONFIG}`, 'hex'),
})
export const videoConfig = (timestamp = 0): TestTag => ({
  type: 9,
  timestamp,
  payload: Buffer.from(`1700000000${AVC_CONFIG}`, 'hex'),
})
export const audioFrame = (timestamp: number): TestTag => ({
  type: 8,
  timestamp,
  payload: Buffer.from(`af01${AAC_SILENCE}`, 'hex'),
})
export const keyFrame = (timestamp: number, padding = 0): TestTag => ({
  type: 9,
  timestamp,
  payload: video(0x17, KEY_FRAME, padding),
})
/** `index`: of the frame after its key frame, from 1. */
export const frame = (timestamp: number, index = 1, padding = 0): TestTag => ({
  type: 9,
  timestamp,
  payload: video(0x27, FRAMES[(index - 1) % FRAMES.length] ?? '', padding),
})

export const isKeyFrame = ({ type, payload }: TestTag) => type === 9 && payload[0] === 0x17 && payload[1] === 1
export const isVideoFrame = ({ type, payload }: TestTag) => type === 9 && payload[1] === 1
export const isConfig = ({ type, payload }: TestTag) => type !== 18 && payload[1] === 0

export interface StreamOptions {
  audio?: boolean
  video?: boolean
  /** The publisher's clock at the start, ms. */
  from?: number
  /** ms */
  duration?: number
  padding?: number
}

/** A stream in sending order: configurations, then a GOP per second with its audio. */
export function* syntheticStream(options: StreamOptions = {}): Generator<TestTag, void> {
  const { audio = true, video = true, from = 0, duration = Infinity, padding = 0 } = options
  if (audio) yield audioConfig(from)
  if (video) yield videoConfig(from)
  let [audioTime, videoTime, index] = [audio ? 0 : Infinity, video ? 0 : Infinity, 0]
  while (Math.min(audioTime, videoTime) < duration) {
    if (videoTime <= audioTime) {
      const timestamp = from + Math.round(videoTime)
      yield index === 0 ? keyFrame(timestamp, padding) : frame(timestamp, index, padding)
      index = (index + 1) % FRAMES_PER_GOP
      videoTime += VIDEO_INTERVAL
    } else {
      yield audioFrame(from + Math.round(audioTime))
      audioTime += AUDIO_INTERVAL
    }
  }
}
