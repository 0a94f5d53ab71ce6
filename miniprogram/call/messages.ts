/**
 * Messages between apps besides the contract: recording and network quality. The caller's recording settings are in the call's `custom`;
 * everything else is sent as custom messages. Both work with any provider.
 */
import type { Cid } from '../netcall/types'
import { member, parseJson } from '../json'
import type { NetworkQuality, RecordingWish } from './state'

export type CallMessage =
  ({ type: 'recording'; cid: Cid } & RecordingWish) | { type: 'network'; cid: Cid; quality: NetworkQuality }

/** The `custom` of a call: the caller's recording settings. */
export function encodeCustom(wish: RecordingWish): string {
  return JSON.stringify({ recording: wish })
}
/** The caller's recording settings; no recording if they are missing or invalid. */
export function decodeCustom(custom: string | undefined): RecordingWish {
  return wishOf(member(parseJson(custom), 'recording')) ?? { audio: false, video: false }
}

export function encodeMessage(message: CallMessage): string {
  return JSON.stringify(message)
}
/** Null for other messages. */
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
