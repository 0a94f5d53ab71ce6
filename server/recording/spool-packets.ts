import { parseAacConfig } from '../media/codec/aac'
import { parseAvcConfig } from '../media/codec/avc'
import type { AudioPacket, VideoPacket } from './packets'
import { reasonOf } from './reason'
import { decodeMark, TAG_TYPE, type SpoolHeader } from './spool-format'
import { readSpool } from './spool-reader'

export type SpoolPacket =
  | { kind: 'header'; header: SpoolHeader }
  | AudioPacket
  | VideoPacket
  | { kind: 'damage'; bytes: number }
  /** A frame that no file can hold, and why. */
  | { kind: 'unusable'; track: 'audio' | 'video'; problem: string }
  /** Closed in good order; see `SpoolMark`. */
  | { kind: 'end'; timestamp: number }

const AVC = 7
const AAC = 10
/** Between decoding and showing a picture; reordering takes some frames. What claims more is damage, or a lie, ms. */
const LARGEST_SHIFT = 5_000
/** An ADTS frame cannot hold more. */
const LARGEST_AAC_FRAME = 8191 - 7

/** A track's configuration, and why its frames cannot be put into files; null: they can. */
interface Configured {
  description: Buffer | null
  problem: string | null
}

/** What a spool file holds, in its order. Reading it again gives the same frames in the same order. */
export async function* readPackets(path: string): AsyncGenerator<SpoolPacket> {
  const audio: Configured = { description: null, problem: null }
  const video: Configured = { description: null, problem: null }
  for await (const tag of readSpool(path)) {
    if (tag.type === 'damage') {
      yield { kind: 'damage', bytes: tag.bytes }
    } else if (tag.type === TAG_TYPE.script) {
      const mark = decodeMark(tag.payload)
      if (mark?.mark === 'header') yield { kind: 'header', header: mark.header }
      else if (mark) yield { kind: 'end', timestamp: mark.timestamp }
    } else {
      const { timestamp: sent, arrived, payload } = tag
      const packet =
        tag.type === TAG_TYPE.audio
          ? readAudio(payload, sent, arrived, audio)
          : readVideo(payload, sent, arrived, video)
      if (packet) yield packet
    }
  }
}

function readAudio(payload: Buffer, sent: number, arrived: number, track: Configured): SpoolPacket | null {
  if (payload.length < 2) return null
  if (payload.readUInt8(0) >> 4 !== AAC) return unusable('audio', 'Sound that is not AAC is not recorded.')
  const data = payload.subarray(2)
  if (payload[1] === 0) return configure(track, data, parseAacConfig)
  if (data.length === 0 || data.length > LARGEST_AAC_FRAME) return null
  if (track.description === null) return unusable('audio', track.problem ?? NO_CONFIG)
  return { kind: 'audio', sent, arrived, description: track.description, data }
}

function readVideo(payload: Buffer, sent: number, arrived: number, track: Configured): SpoolPacket | null {
  if (payload.length < 5) return null
  const first = payload.readUInt8(0)
  if ((first & 0x80) !== 0 || (first & 15) !== AVC) {
    return unusable('video', 'Picture that is not H.264 is not recorded.')
  }
  const data = payload.subarray(5)
  if (payload[1] === 0) return configure(track, data, parseAvcConfig)
  if (payload[1] !== 1 || data.length === 0) return null
  if (track.description === null) return unusable('video', track.problem ?? NO_CONFIG)
  const shift = payload.readIntBE(2, 3)
  const believed = Math.abs(shift) <= LARGEST_SHIFT ? shift : 0
  const key = first >> 4 === 1
  return { kind: 'video', sent, arrived, description: track.description, shift: believed, key, data }
}

const NO_CONFIG = 'The codec configuration is missing.'

function configure(track: Configured, data: Buffer, parse: (data: Buffer) => unknown): null {
  if (track.description?.equals(data)) return null
  try {
    parse(data)
    Object.assign(track, { description: Buffer.from(data), problem: null })
  } catch (error) {
    Object.assign(track, { description: null, problem: reasonOf(error) })
  }
  return null
}

function unusable(track: 'audio' | 'video', problem: string): SpoolPacket {
  return { kind: 'unusable', track, problem }
}
