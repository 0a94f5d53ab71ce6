/**
 * What calling apps tell each other beside the contract: whether a side records. Before the answer it travels as the
 * call's `custom`, afterwards as a custom message; both reach the other side on any provider.
 */
import type { Cid } from '../netcall/types'
import type { RecordingWish } from './state'

export interface RecordingMessage extends RecordingWish {
  cid: Cid
}

/** The `custom` of a call: the caller's recording wish. */
export function encodeCustom(wish: RecordingWish): string {
  return JSON.stringify({ recording: wish })
}
/** The caller's recording wish; nothing is recorded when it says nothing that can be read. */
export function decodeCustom(custom: string | undefined): RecordingWish {
  return wishOf(field(parse(custom), 'recording')) ?? { audio: false, video: false }
}

export function encodeRecordingMessage(message: RecordingMessage): string {
  return JSON.stringify({ type: 'recording', ...message })
}
/** Null for a message that is about something else. */
export function decodeRecordingMessage(content: string): RecordingMessage | null {
  const message = parse(content)
  const cid = field(message, 'cid')
  const wish = wishOf(message)
  if (field(message, 'type') !== 'recording' || typeof cid !== 'number' || wish === null) return null
  return { cid, ...wish }
}

function wishOf(value: unknown): RecordingWish | null {
  const audio = field(value, 'audio')
  const video = field(value, 'video')
  return typeof audio === 'boolean' && typeof video === 'boolean' ? { audio, video } : null
}
function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined
}
function parse(text: string | undefined): unknown {
  try {
    return text === undefined ? null : JSON.parse(text)
  } catch {
    return null
  }
}
