/** A stream of a call's usual weight, each tag with the time of its sending in it. */
import { audioConfig, FRAMES_PER_GOP, videoConfig, type TestTag } from '../../support/media-client'
import { AUDIO_INTERVAL, VIDEO_INTERVAL } from '../../support/media-tags'

/** 300 kbit/s at 15 frames a second. */
const VIDEO_BYTES = 2500
/** 48 kbit/s of AAC at 44.1 kHz. */
const AUDIO_BYTES = 139
/** Behind all that a server may look at: tag head, NAL length and type. */
const STAMP_AT = 16

export const configurations = (): TestTag[] => [audioConfig(), videoConfig()]

/** Gives tags when they are due, ms since the stream's begin; a key frame a second. */
export class WeighedStream {
  private frames = 0
  private sounds = 0

  /** When the next tag is due. */
  get due(): number {
    return Math.min(this.frames * VIDEO_INTERVAL, this.sounds * AUDIO_INTERVAL)
  }

  /** The next tag, stamped with `now`. */
  next(now: number): TestTag {
    const timestamp = Math.round(this.due)
    const isVideo = this.frames * VIDEO_INTERVAL <= this.sounds * AUDIO_INTERVAL
    const payload = isVideo ? videoPayload(this.frames++ % FRAMES_PER_GOP === 0) : audioPayload(this.sounds++)
    payload.writeDoubleLE(now, STAMP_AT)
    return { type: isVideo ? 9 : 8, timestamp, payload }
  }
}

/** When a tag was sent; null for configurations and what else has no stamp. */
export function stampOf({ type, payload }: Pick<TestTag, 'payload'> & { type: number }): number | null {
  const isMedia = (type === 8 || type === 9) && payload[1] === 1 && payload.length >= STAMP_AT + 8
  return isMedia ? payload.readDoubleLE(STAMP_AT) : null
}

function videoPayload(key: boolean): Buffer {
  const payload = Buffer.alloc(VIDEO_BYTES, 0x55)
  payload.set([key ? 0x17 : 0x27, 1, 0, 0, 0])
  payload.writeUInt32BE(VIDEO_BYTES - 9, 5)
  payload[9] = key ? 0x65 : 0x41
  return payload
}

function audioPayload(number: number): Buffer {
  const payload = Buffer.alloc(AUDIO_BYTES, number & 0xff)
  payload.set([0xaf, 1])
  return payload
}
