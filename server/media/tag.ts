import { BadInput } from './errors'
import { AUDIO, TAG_HEADER, VIDEO, writeFlvTag, type TagType } from './flv'
import { encodeMessage, MEDIA_STREAM } from './rtmp-chunks'
import type { Track } from './tracks'
import type { MediaTag } from './types'

export type TagKind = MediaTag['kind']

const AAC = 10
const ENHANCED_AUDIO = 9
const AVC = 7
const HEVC = 12
const KEY_FRAME = 1
const INFO_FRAME = 5

/** A tag; its encodings for viewers are built once. */
export class Tag implements MediaTag {
  readonly payload: Buffer
  private readonly bytes: Buffer
  private message: Buffer | null = null

  /** Copies the payload, which may be a slice of a large network buffer: cached tags live long. */
  constructor(
    readonly kind: TagKind,
    readonly type: TagType,
    readonly timestamp: number,
    payload: Buffer,
    readonly sent = timestamp,
  ) {
    this.bytes = writeFlvTag(type, timestamp, payload)
    this.payload = this.bytes.subarray(TAG_HEADER, TAG_HEADER + payload.length)
  }

  get track(): Track | null {
    return this.type === AUDIO ? 'audio' : this.type === VIDEO ? 'video' : null
  }

  get isFrame(): boolean {
    return this.kind === 'audio' || this.kind === 'video' || this.kind === 'video-key'
  }

  flv(): Buffer {
    return this.bytes
  }

  rtmp(): Buffer {
    const { type, timestamp, payload } = this
    return (this.message ??= encodeMessage({ type, timestamp, streamId: MEDIA_STREAM, payload }))
  }

  at(timestamp: number): Tag {
    return new Tag(this.kind, this.type, timestamp, this.payload, this.sent)
  }
}

/**
 * The kind of an audio or video payload; null if it holds no media (empty, end of sequence, commands). Throws BadInput for a video codec
 * that players of the call cannot decode.
 */
export function kindOf(type: typeof AUDIO | typeof VIDEO, payload: Buffer): TagKind | null {
  return type === AUDIO ? audioKind(payload) : videoKind(payload)
}

function audioKind(payload: Buffer): TagKind | null {
  const [first, second] = payload
  if (first === undefined || second === undefined) return null
  const format = first >> 4
  if (format === ENHANCED_AUDIO) {
    const packet = first & 15
    return packet === 0 ? 'audio-config' : packet === 1 ? 'audio' : null
  }
  if (format === AAC && second === 0) return 'audio-config'
  return payload.length > 2 ? 'audio' : null
}

function videoKind(payload: Buffer): TagKind | null {
  const [first, packet] = payload
  if (first === undefined || packet === undefined || payload.length <= 5) return null
  const frame = (first >> 4) & 7
  if (frame === INFO_FRAME) return null
  const kind = frame === KEY_FRAME ? 'video-key' : 'video'
  if (first & 0x80) {
    // Enhanced RTMP: the codec is a FourCC, the packet type replaces the codec field.
    const enhanced = first & 15
    if (enhanced === 0) return 'video-config'
    return enhanced === 1 || enhanced === 3 ? kind : null
  }
  const codec = first & 15
  if (codec !== AVC && codec !== HEVC) throw new BadInput(`video codec ${codec} is not supported; use H.264`)
  if (packet === 0) return 'video-config'
  return packet === 1 ? kind : null
}

/** Enhanced RTMP packet types that hold media in a form that is not handled: multitrack, and with modifiers (ModEx). */
const UNHANDLED = { [AUDIO]: [5, 7], [VIDEO]: [6, 7] }

/** Whether a payload without a kind holds media all the same. Source: Enhanced RTMP v2, AudioPacketType and VideoPacketType. */
export function isUnhandledMedia(type: typeof AUDIO | typeof VIDEO, [first = 0]: Buffer): boolean {
  const isEnhanced = type === AUDIO ? first >> 4 === ENHANCED_AUDIO : (first & 0x80) !== 0
  return isEnhanced && UNHANDLED[type].includes(first & 15)
}

/** Whether the track's configuration must come before this frame. */
export function needsConfig(type: typeof AUDIO | typeof VIDEO, payload: Buffer): boolean {
  return type === VIDEO || (payload[0] ?? 0) >> 4 === AAC
}
