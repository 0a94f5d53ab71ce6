import { parseAacConfig } from '../media/codec/aac'
import { parseAvcConfig } from '../media/codec/avc'
import { reasonOf } from './reason'
import { decodeMark, TAG_TYPE, type SpoolHeader } from './spool-format'
import { readSpool, type MediaTag } from './spool-reader'

/** One encoded frame as it lies in the spool. */
interface Packet {
  /** The publisher's timestamp: ms, 32 bits. */
  sent: number
  /** When it came, the lower 24 bits, ms from the publication's start. */
  arrived: number
  /** The configuration that it is decoded with. */
  description: Buffer
  /** Where its data begin in the file, and their size, bytes. */
  at: number
  size: number
}
export interface AudioPacket extends Packet {
  kind: 'audio'
}
export interface VideoPacket extends Packet {
  kind: 'video'
  /** From decoding to showing, ms. */
  shift: number
  key: boolean
}

export type SpoolPacket =
  | { kind: 'header'; header: SpoolHeader }
  | AudioPacket
  | VideoPacket
  | { kind: 'damage'; bytes: number }
  /** A frame that no file can hold, and why. */
  | { kind: 'unusable'; track: 'audio' | 'video'; problem: string }
  /** Closed in good order; see `SpoolMark`. */
  | { kind: 'end'; timestamp: number }

const { audio: AUDIO, script: SCRIPT } = TAG_TYPE
const AVC = 7
const AAC = 10
/** Bytes of an FLV tag's payload before the frame. */
const AUDIO_HEAD = 2
const VIDEO_HEAD = 5
/** Between decoding and showing a picture; reordering takes some frames. What claims more is damage, or a lie, ms. */
const LARGEST_SHIFT = 5_000
/** An ADTS frame cannot hold more. */
const LARGEST_AAC_FRAME = 8191 - 7

/** A track's configuration, and why its frames cannot be put into files; null: they can. */
interface Configured {
  description: Buffer | null
  problem: string | null
}

/** Reads what a spool file holds, in its order. */
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
  if (window.readUInt8(from) >> 4 !== AAC) return unusable('audio', 'Sound that is not AAC is not recorded.')
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
    return unusable('video', 'Picture that is not H.264 is not recorded.')
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
