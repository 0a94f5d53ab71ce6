import type { StreamName } from './types'

// No leading zeros: each stream has exactly one name, for signatures and keys.
const PATTERN = /^(0|[1-9]\d{0,15})-(0|[1-9]\d{0,15})$/

/** `<cid>-<uid>`. */
export function formatStreamName({ cid, uid }: StreamName): string {
  return `${cid}-${uid}`
}

/** The stream of `<cid>-<uid>`; null if malformed. */
export function parseStreamName(text: string): StreamName | null {
  const match = PATTERN.exec(text)
  if (!match) return null
  const [cid, uid] = [Number(match[1]), Number(match[2])]
  return Number.isSafeInteger(cid) && Number.isSafeInteger(uid) ? { cid, uid } : null
}
