import { BadInput } from './errors'
import type { MediaLimits } from './limits'

/** The message stream of publish and play, returned by `createStream`; one per connection. */
export const MEDIA_STREAM = 1
/** Chunk size for sending; most messages fit in one chunk. */
export const OUT_CHUNK_SIZE = 60_000
const DEFAULT_CHUNK_SIZE = 128
const MAX_CHUNK_SIZE = 0xffffff

export const SET_CHUNK_SIZE = 1
const ABORT = 2
export const ACKNOWLEDGEMENT = 3
export const USER_CONTROL = 4
export const WINDOW_SIZE = 5
export const PEER_BANDWIDTH = 6
export const AMF3_DATA = 15
export const AMF3_COMMAND = 17
export const AMF0_DATA = 18
export const AMF0_COMMAND = 20
export const AGGREGATE = 22

const CHUNK_STREAM: Record<number, number> = { 8: 4, 9: 6, 18: 6, [AMF0_COMMAND]: 3 }
const CONTROL_CHUNK_STREAM = 2

/** Message header sizes of chunk formats 0 to 3. */
const HEADER_SIZES = [11, 7, 3, 0] as const
const EXTENDED = 0xffffff
const EMPTY = Buffer.alloc(0)

export interface RtmpMessage {
  type: number
  /** ms, 32 bits. */
  timestamp: number
  streamId: number
  /** May be a slice of the input: copy it to keep it. */
  payload: Buffer
}

/** Encodes a message in chunks. Each kind of message has its own chunk stream. */
export function encodeMessage(message: RtmpMessage, chunkSize = OUT_CHUNK_SIZE): Buffer {
  const { type, payload } = message
  const timestamp = message.timestamp >>> 0
  const chunkStream = CHUNK_STREAM[type] ?? CONTROL_CHUNK_STREAM
  const extended = timestamp >= EXTENDED
  const extension = extended ? 4 : 0
  const continuations = Math.max(0, Math.ceil(payload.length / chunkSize) - 1)
  const bytes = Buffer.allocUnsafe(12 + extension + payload.length + continuations * (1 + extension))
  bytes[0] = chunkStream
  bytes.writeUIntBE(extended ? EXTENDED : timestamp, 1, 3)
  bytes.writeUIntBE(payload.length, 4, 3)
  bytes[7] = type
  bytes.writeUInt32LE(message.streamId, 8)
  let at = 12
  if (extended) at = bytes.writeUInt32BE(timestamp, at)
  for (let from = 0; from < payload.length; from += chunkSize) {
    if (from > 0) {
      bytes[at++] = 0xc0 | chunkStream
      if (extended) at = bytes.writeUInt32BE(timestamp, at)
    }
    at += payload.copy(bytes, at, from, from + chunkSize)
  }
  return bytes
}

interface ChunkStream {
  timestamp: number
  /** The time field of the last header: absolute or a delta. Chunks without a header repeat it. */
  timeField: number
  extended: boolean
  length: number
  type: number
  streamId: number
  /** The message that is being assembled. */
  buffer: Buffer | null
  received: number
}

/** Reads RTMP chunks from input of any size. Throws BadInput; the reader is unusable after that. */
export class ChunkReader {
  /** Maximum message size, bytes. */
  maxMessage: number
  private chunkSize = DEFAULT_CHUNK_SIZE
  private readonly streams = new Map<number, ChunkStream>()
  /** The stream of the current chunk, and the bytes that are missing of the chunk. */
  private current: ChunkStream | null = null
  private chunkLeft = 0
  private rest: Buffer = EMPTY
  /** Bytes held by incomplete messages. */
  private unfinished = 0

  constructor(private readonly limits: Pick<MediaLimits, 'chunkStreams' | 'commandSize'>) {
    this.maxMessage = limits.commandSize
  }

  *read(data: Buffer): Generator<RtmpMessage, void> {
    const bytes = this.rest.length > 0 ? Buffer.concat([this.rest, data]) : data
    this.rest = EMPTY
    let at = 0
    for (;;) {
      if (!this.current) {
        const size = this.readHeader(bytes, at)
        if (size === 0) {
          this.rest = bytes.subarray(at)
          return
        }
        at += size
      }
      const stream = this.current
      if (!stream) return
      const part = bytes.subarray(at, at + this.chunkLeft)
      at += part.length
      this.chunkLeft -= part.length
      const payload = this.take(stream, part)
      if (this.chunkLeft > 0) return
      this.current = null
      if (!payload) continue
      const { type, timestamp, streamId } = stream
      if (type === SET_CHUNK_SIZE) this.setChunkSize(payload)
      else if (type === ABORT) this.abort(payload)
      else yield { type, timestamp, streamId, payload }
    }
  }

  /** Adds a part to the stream's message. Returns the message once it is complete. */
  private take(stream: ChunkStream, part: Buffer): Buffer | null {
    if (!stream.buffer) {
      if (part.length === stream.length) return part
      this.unfinished += stream.length
      if (this.unfinished > 2 * this.maxMessage) throw new BadInput('RTMP: too many bytes in incomplete messages')
      stream.buffer = Buffer.allocUnsafe(stream.length)
      stream.received = 0
    }
    stream.received += part.copy(stream.buffer, stream.received)
    if (stream.received < stream.length) return null
    const whole = stream.buffer
    this.forget(stream)
    return whole
  }

  private forget(stream: ChunkStream): void {
    if (stream.buffer) this.unfinished -= stream.length
    stream.buffer = null
  }

  /** Reads a chunk header into its stream, which becomes the current one. Returns its size, 0 if it is incomplete. */
  private readHeader(bytes: Buffer, start: number): number {
    const left = bytes.length - start
    const first = bytes[start]
    if (first === undefined) return 0
    const format = first >> 6
    const small = first & 63
    const basicSize = small === 0 ? 2 : small === 1 ? 3 : 1
    let size = basicSize + (HEADER_SIZES[format] ?? 0)
    if (left < size) return 0
    const id = basicSize === 1 ? small : 64 + bytes.readUIntLE(start + 1, basicSize - 1)
    const head = start + basicSize

    const stream = this.streams.get(id) ?? this.open(format)
    const shortField = format < 3 ? bytes.readUIntBE(head, 3) : 0
    const extended = format < 3 ? shortField === EXTENDED : stream.extended
    let timeField = format < 3 ? shortField : stream.timeField
    if (extended) {
      if (left < size + 4) return 0
      const long = bytes.readUInt32BE(start + size)
      // Some old encoders omit the extended timestamp in chunks that repeat it.
      if (format < 3 || long === stream.timeField) size += 4
      if (format < 3) timeField = long
    }
    const length = format < 2 ? bytes.readUIntBE(head + 3, 3) : stream.length
    const type = format < 2 ? bytes.readUInt8(head + 6) : stream.type
    if (length > this.maxMessage) {
      throw new BadInput(`RTMP: a message of ${length} bytes is larger than ${this.maxMessage}`)
    }
    const continues = stream.buffer !== null
    // Some encoders repeat a header of format 1 or 2 in each chunk of a message.
    const repeats = format > 0 && length === stream.length && type === stream.type
    if (continues && !repeats) throw new BadInput('RTMP: a new message interrupts another one on its chunk stream')

    this.streams.set(id, stream)
    stream.extended = extended
    if (!continues) stream.timeField = timeField
    stream.length = length
    stream.type = type
    if (format === 0) stream.streamId = bytes.readUInt32LE(head + 7)
    if (!continues) stream.timestamp = format === 0 ? timeField : (stream.timestamp + timeField) >>> 0
    this.current = stream
    this.chunkLeft = Math.min(this.chunkSize, length - (continues ? stream.received : 0))
    return size
  }

  private open(format: number): ChunkStream {
    // Some encoders begin a stream with format 1; without a length and type it cannot be read.
    if (format > 1) throw new BadInput('RTMP: a chunk stream begins without a full header')
    if (this.streams.size >= this.limits.chunkStreams) throw new BadInput('RTMP: too many chunk streams')
    return { timestamp: 0, timeField: 0, extended: false, length: 0, type: 0, streamId: 0, buffer: null, received: 0 }
  }

  private setChunkSize(payload: Buffer): void {
    const size = payload.length >= 4 ? payload.readUInt32BE(0) : 0
    if (size < 1 || size > 0x7fffffff) throw new BadInput('RTMP: bad chunk size')
    this.chunkSize = Math.min(size, MAX_CHUNK_SIZE)
  }

  private abort(payload: Buffer): void {
    const stream = payload.length >= 4 ? this.streams.get(payload.readUInt32BE(0)) : undefined
    if (stream) this.forget(stream)
  }
}
