import type { StreamName } from './types'

// No leading zeros: a stream has one spelling, so one signature and one key.
const PATTERN = /^(0|[1-9]\d{0,15})-(0|[1-9]\d{0,15})$/

/** `<cid>-<uid>`. */
export function formatStreamName({ cid, uid }: StreamName): string {
  return `${cid}-${uid}`
}

/** The stream of `<cid>-<uid>`, or null when the text is not one. */
export function parseStreamName(text: string): StreamName | null {
  const match = PATTERN.exec(text)
  if (!match) return null
  const [cid, uid] = [Number(match[1]), Number(match[2])]
  return Number.isSafeInteger(cid) && Number.isSafeInteger(uid) ? { cid, uid } : null
}
