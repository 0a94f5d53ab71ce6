import { BadInput } from './errors'
import type { Tracks } from './tracks'

const SIGNATURE = 'FLV'
/** The file header with the size of "tag 0"; what stands before and after a tag's payload; bytes. */
const FILE_HEADER = 13
export const TAG_HEADER = 11
export const TAG_TRAILER = 4
export const TAG_TYPE = { audio: 8, video: 9, script: 18 } as const
export type TagType = (typeof TAG_TYPE)[keyof typeof TAG_TYPE]
export const { audio: AUDIO, video: VIDEO, script: SCRIPT } = TAG_TYPE

/** The file header. Players set up decoders for the tracks it announces. */
export function flvHeader({ audio, video }: Tracks): Buffer {
  return Buffer.from([0x46, 0x4c, 0x56, 1, (audio ? 4 : 0) | (video ? 1 : 0), 0, 0, 0, 9, 0, 0, 0, 0])
}

/** A whole tag with its trailing size. `timestamp` in ms; `streamId`: 24 bits, 0 in FLV. */
export function writeFlvTag(type: number, timestamp: number, payload: Buffer, streamId = 0): Buffer {
  const size = payload.length
  const bytes = Buffer.allocUnsafe(TAG_HEADER + size + TAG_TRAILER)
  bytes[0] = type
  bytes.writeUIntBE(size, 1, 3)
  bytes.writeUIntBE(timestamp & 0xffffff, 4, 3)
  bytes[7] = (timestamp >>> 24) & 0xff
  bytes.writeUIntBE(streamId, 8, 3)
  payload.copy(bytes, TAG_HEADER)
  bytes.writeUInt32BE(TAG_HEADER + size, TAG_HEADER + size)
  return bytes
}

/** Timestamp of the tag whose header begins at `at`, ms: its high byte follows the low three. */
export const tagTimestamp = (bytes: Buffer, at: number): number =>
  (bytes.readUIntBE(at + 4, 3) | (bytes.readUInt8(at + 7) << 24)) >>> 0

export interface FlvTag {
  type: number
  timestamp: number
  /** A slice of the input: copy it to keep it. */
  payload: Buffer
}

/** Reads an FLV byte stream in chunks of any size. Throws BadInput; the reader is unusable after that. */
export class FlvReader {
  private pieces: Buffer[] = []
  private length = 0
  /** Bytes needed before the next attempt: avoids a copy per small chunk. */
  private needed = FILE_HEADER
  private opened = false

  /** `maxTag`: maximum payload size, bytes. */
  constructor(private readonly maxTag: number) {}

  *read(data: Buffer): Generator<FlvTag, void> {
    this.pieces.push(data)
    this.length += data.length
    if (this.length < this.needed) return
    const bytes = this.pieces.length === 1 ? data : Buffer.concat(this.pieces, this.length)
    let at = this.opened ? 0 : this.open(bytes)
    for (;;) {
      const left = bytes.length - at
      this.needed = left < TAG_HEADER ? TAG_HEADER : this.tagSize(bytes, at)
      if (left < this.needed) break
      const timestamp = tagTimestamp(bytes, at)
      const payload = bytes.subarray(at + TAG_HEADER, at + this.needed - TAG_TRAILER)
      yield { type: bytes.readUInt8(at) & 31, timestamp, payload }
      at += this.needed
    }
    this.pieces = at < bytes.length ? [bytes.subarray(at)] : []
    this.length = bytes.length - at
  }

  private open(bytes: Buffer): number {
    if (bytes.toString('latin1', 0, 3) !== SIGNATURE) throw new BadInput('FLV: the signature is missing')
    if (bytes.readUInt32BE(5) + TAG_TRAILER !== FILE_HEADER) throw new BadInput('FLV: unknown header size')
    this.opened = true
    return FILE_HEADER
  }

  private tagSize(bytes: Buffer, at: number): number {
    const type = bytes.readUInt8(at) & 31
    if (type !== AUDIO && type !== VIDEO && type !== SCRIPT) throw new BadInput(`FLV: unknown tag type ${type}`)
    const size = bytes.readUIntBE(at + 1, 3)
    if (size > this.maxTag) throw new BadInput(`FLV: a tag of ${size} bytes is larger than ${this.maxTag}`)
    return TAG_HEADER + size + TAG_TRAILER
  }
}
