import type { AudioPacket, VideoPacket } from './packets'
import { decodeMark, TAG_TYPE, type SpoolHeader } from './spool-format'
import { readSpool, type SpoolTag } from './spool-reader'
import { TimeOrder, type PausePacket } from './time-order'

export type SegmentPacket =
  | { kind: 'header'; header: SpoolHeader }
  | { kind: 'audio-config'; data: Buffer }
  | { kind: 'video-config'; data: Buffer }
  | AudioPacket
  | VideoPacket
  | PausePacket
  | { kind: 'damage'; bytes: number }
  /** A frame in a codec that is not recorded. */
  | { kind: 'foreign'; track: 'audio' | 'video'; problem: string }
  | { kind: 'end'; timestamp: number }

const FOREIGN_AUDIO: SegmentPacket = {
  kind: 'foreign',
  track: 'audio',
  problem: 'Sound that is not AAC is not recorded.',
}
const FOREIGN_VIDEO: SegmentPacket = {
  kind: 'foreign',
  track: 'video',
  problem: 'Picture that is not H.264 is not recorded.',
}
const AVC = 7
const AAC = 10
/** Between decoding and showing a picture; reordering takes some frames. What claims more is damage, or a lie, ms. */
const LARGEST_SHIFT = 5_000
/** An ADTS frame cannot hold more. */
const LARGEST_AAC_FRAME = 8191 - 7

/** What a segment's file holds, in its order, with nonsense taken out; `pauses`: how long all of them can be, ms. */
export async function* readSegment(path: string, pauses: number): AsyncGenerator<SegmentPacket> {
  const order = new TimeOrder(pauses)
  for await (const tag of readSpool(path)) {
    const packet = packetOf(tag)
    if (packet?.kind === 'audio' || packet?.kind === 'video') {
      yield* order.place(packet)
    } else if (packet) {
      yield* order.rest()
      yield packet.kind === 'end' ? { kind: 'end', timestamp: order.end(packet.timestamp) } : packet
    }
  }
  yield* order.rest()
}

function packetOf(tag: SpoolTag): SegmentPacket | null {
  if (tag.type === 'damage') return { kind: 'damage', bytes: tag.bytes }
  if (tag.type === TAG_TYPE.audio) return audioPacket(tag.payload, tag.timestamp)
  if (tag.type === TAG_TYPE.video) return videoPacket(tag.payload, tag.timestamp)
  const mark = decodeMark(tag.payload)
  if (mark === null) return null
  return mark.mark === 'header' ? { kind: 'header', header: mark.header } : { kind: 'end', timestamp: mark.timestamp }
}

function audioPacket(payload: Buffer, timestamp: number): SegmentPacket | null {
  if (payload.length < 2) return null
  if (payload.readUInt8(0) >> 4 !== AAC) return FOREIGN_AUDIO
  const data = payload.subarray(2)
  if (payload[1] === 0) return { kind: 'audio-config', data }
  return data.length === 0 || data.length > LARGEST_AAC_FRAME ? null : { kind: 'audio', timestamp, data }
}

function videoPacket(payload: Buffer, timestamp: number): SegmentPacket | null {
  if (payload.length < 5) return null
  const first = payload.readUInt8(0)
  if ((first & 0x80) !== 0 || (first & 15) !== AVC) return FOREIGN_VIDEO
  const data = payload.subarray(5)
  if (payload[1] === 0) return { kind: 'video-config', data }
  if (payload[1] !== 1 || data.length === 0) return null
  const shift = payload.readIntBE(2, 3)
  const believed = Math.abs(shift) <= LARGEST_SHIFT ? shift : 0
  return { kind: 'video', timestamp, shift: believed, key: first >> 4 === 1, data }
}
