/**
 * What calling apps tell each other beside the contract: whether a side records, and how well its stream goes out. The
 * recording wish travels before the answer as the call's `custom`; everything else as custom messages. Both reach the
 * other side on any provider.
 */
import type { Cid } from '../netcall/types'
import { member, parseJson } from '../json'
import type { NetworkQuality, RecordingWish } from './state'

export type CallMessage =
  ({ type: 'recording'; cid: Cid } & RecordingWish) | { type: 'network'; cid: Cid; quality: NetworkQuality }

/** The `custom` of a call: the caller's recording wish. */
export function encodeCustom(wish: RecordingWish): string {
  return JSON.stringify({ recording: wish })
}
/** The caller's recording wish; nothing is recorded when it says nothing that can be read. */
export function decodeCustom(custom: string | undefined): RecordingWish {
  return wishOf(member(parseJson(custom), 'recording')) ?? { audio: false, video: false }
}

export function encodeMessage(message: CallMessage): string {
  return JSON.stringify(message)
}
/** Null for a message that is about something else. */
export function decodeMessage(content: string): CallMessage | null {
  const message = parseJson(content)
  const cid = member(message, 'cid')
  const type = member(message, 'type')
  if (typeof cid !== 'number') return null
  if (type === 'network') {
    const quality = qualityOf(member(message, 'quality'))
    return quality && { type, cid, quality }
  }
  const wish = type === 'recording' ? wishOf(message) : null
  return wish && { type: 'recording', cid, ...wish }
}

function wishOf(value: unknown): RecordingWish | null {
  const audio = member(value, 'audio')
  const video = member(value, 'video')
  if (typeof audio !== 'boolean' || typeof video !== 'boolean') return null
  return { audio, video, ...(member(value, 'mainSpeaker') === true && { mainSpeaker: true }) }
}
function qualityOf(value: unknown): NetworkQuality | null {
  return value === 'good' || value === 'fair' || value === 'weak' ? value : null
}
