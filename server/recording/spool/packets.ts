import { parseAacConfig } from '../../media/codec/aac'
import { parseAvcConfig } from '../../media/codec/avc'
import { reasonOf } from '../reason'
import { AUDIO, SCRIPT } from '../../media/flv'
import { decodeMark, type SpoolHeader } from './format'
import { readSpool, type MediaTag } from './reader'

/** One encoded frame in the spool. */
interface Packet {
  /** The publisher's timestamp: ms, 32 bits. */
  sent: number
  /** Arrival, lower 24 bits, ms from the publication's start. */
  arrived: number
  /** The configuration for decoding it. */
  description: Buffer
  /** Offset in the file and size, bytes. */
  at: number
  size: number
}
export interface AudioPacket extends Packet {
  kind: 'audio'
}
export interface VideoPacket extends Packet {
  kind: 'video'
  /** Composition time, ms. */
  shift: number
  key: boolean
}

type SpoolPacket =
  | { kind: 'header'; header: SpoolHeader }
  | AudioPacket
  | VideoPacket
  | { kind: 'damage'; bytes: number }
  /** A frame that no file can hold, and the reason. */
  | { kind: 'unusable'; track: 'audio' | 'video'; problem: string }
  /** Closed properly; see `SpoolMark`. */
  | { kind: 'end'; timestamp: number }

const AVC = 7
const AAC = 10
/** Bytes of the FLV payload before the frame. */
const AUDIO_HEAD = 2
const VIDEO_HEAD = 5
/** Maximum composition time, ms: reordering takes a few frames; larger values are damage or wrong. */
const LARGEST_SHIFT = 5_000
/** Maximum size of an ADTS frame. */
const LARGEST_AAC_FRAME = 8191 - 7

/** A track's configuration. `problem`: why its frames cannot be stored in files; null if they can. */
interface Configured {
  description: Buffer | null
  problem: string | null
}

/** Reads the contents of a spool file in order. */
export function readPackets(path: string, onPacket: (packet: SpoolPacket) => void): void {
  const audio: Configured = { description: null, problem: null }
  const video: Configured = { description: null, problem: null }
  readSpool(path, (tag) => {
    const packet =
      tag.type === 'damage'
        ? ({ kind: 'damage', bytes: tag.bytes } as const)
        : tag.type === SCRIPT
          ? readMark(tag.window.subarray(tag.from, tag.to))
          : tag.type === AUDIO
            ? readAudio(tag, audio)
            : readVideo(tag, video)
    if (packet) onPacket(packet)
  })
}

function readMark(payload: Buffer): SpoolPacket | null {
  const mark = decodeMark(payload)
  if (!mark) return null
  return mark.mark === 'header' ? { kind: 'header', header: mark.header } : { kind: 'end', timestamp: mark.timestamp }
}

function readAudio(
  { window, from, to, timestamp: sent, arrived, at }: MediaTag,
  track: Configured,
): SpoolPacket | null {
  const size = to - from - AUDIO_HEAD
  if (size < 0) return null
  if (window.readUInt8(from) >> 4 !== AAC) return unusable('audio', 'Only AAC audio is recorded.')
  if (window[from + 1] === 0) return configure(track, window.subarray(from + AUDIO_HEAD, to), parseAacConfig)
  if (size === 0 || size > LARGEST_AAC_FRAME) return null
  if (track.description === null) return unusable('audio', track.problem ?? NO_CONFIG)
  return { kind: 'audio', sent, arrived, description: track.description, at: at + AUDIO_HEAD, size }
}

function readVideo(
  { window, from, to, timestamp: sent, arrived, at }: MediaTag,
  track: Configured,
): SpoolPacket | null {
  const size = to - from - VIDEO_HEAD
  if (size < 0) return null
  const first = window.readUInt8(from)
  if ((first & 0x80) !== 0 || (first & 15) !== AVC) {
    return unusable('video', 'Only H.264 video is recorded.')
  }
  if (window[from + 1] === 0) return configure(track, window.subarray(from + VIDEO_HEAD, to), parseAvcConfig)
  if (window[from + 1] !== 1 || size === 0) return null
  if (track.description === null) return unusable('video', track.problem ?? NO_CONFIG)
  const claimed = window.readIntBE(from + 2, 3)
  const shift = Math.abs(claimed) <= LARGEST_SHIFT ? claimed : 0
  const key = first >> 4 === 1
  return { kind: 'video', sent, arrived, description: track.description, shift, key, at: at + VIDEO_HEAD, size }
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
