/** A stream of a given bit rate: tags that look like H.264 and AAC to a server, but cannot be decoded. */
import { audioConfig, FRAMES_PER_GOP, videoConfig, type TestTag } from '../../test/support/media-client'
import { AUDIO_INTERVAL, VIDEO_INTERVAL } from '../../test/support/media-tags'
import type { Source } from './source'

/** Bytes of a key frame, of each of the 14 following frames, and of an audio frame. */
export interface Weight {
  key: number
  frame: number
  sound: number
}

/** A usual call: 300 kbit/s at 15 frames a second, 48 kbit/s of AAC at 44.1 kHz. */
export const CALL_WEIGHT: Weight = { key: 2500, frame: 2500, sound: 139 }
/** A small tile of a room: 120 kbit/s at 15 frames a second, a third of it key frames; 32 kbit/s of AAC. */
export const TILE_WEIGHT: Weight = { key: 5004, frame: 714, sound: 93 }

/** The frame's number follows the bytes that a server may parse, so that all tags of a kind differ. */
const NUMBER_AT = 16

/** A key frame per second, at 15 frames a second. */
export class WeighedStream implements Source {
  readonly configurations = [audioConfig(), videoConfig()]
  private frames = 0
  private sounds = 0

  constructor(private readonly weight: Weight) {}

  get due(): number {
    return Math.min(this.frames * VIDEO_INTERVAL, this.sounds * AUDIO_INTERVAL)
  }

  next(): TestTag {
    const timestamp = Math.round(this.due)
    const isVideo = this.frames * VIDEO_INTERVAL <= this.sounds * AUDIO_INTERVAL
    return isVideo
      ? { type: 9, timestamp, payload: this.picture(this.frames++) }
      : { type: 8, timestamp, payload: this.sound(this.sounds++) }
  }

  private picture(number: number): Buffer {
    const key = number % FRAMES_PER_GOP === 0
    const size = key ? this.weight.key : this.weight.frame
    const payload = Buffer.alloc(size, 0x55)
    payload.set([key ? 0x17 : 0x27, 1, 0, 0, 0])
    payload.writeUInt32BE(size - 9, 5)
    payload[9] = key ? 0x65 : 0x41
    payload.writeUInt32BE(number, NUMBER_AT)
    return payload
  }

  private sound(number: number): Buffer {
    const payload = Buffer.alloc(this.weight.sound, 0x55)
    payload.set([0xaf, 1])
    payload.writeUInt32BE(number, NUMBER_AT)
    return payload
  }
}
