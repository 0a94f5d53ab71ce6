/** Real H.264 and AAC from the fixtures, as emitted by the media engine. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { MediaTag } from '../../../server/media/types'

/** The fixtures' folder is a parameter, for use outside of jest. */
export function tagsOf(fixture: 'talk' | 'turned', fixtures = join(process.cwd(), 'test/fixtures')): MediaTag[] {
  return tagsIn(readFileSync(join(fixtures, `${fixture}.flv`)))
}

/** The tags of a whole FLV file. */
export function tagsIn(file: Buffer): MediaTag[] {
  const tags: MediaTag[] = []
  for (let at = 13; at < file.length;) {
    const size = file.readUIntBE(at + 1, 3)
    const payload = file.subarray(at + 11, at + 11 + size)
    const timestamp = file.readUIntBE(at + 4, 3)
    const type = file[at]
    // Without the end-of-sequence tag, which the engine does not pass on.
    const empty = type === 9 && size <= 5
    if ((type === 8 || type === 9) && !empty) tags.push(makeTag(type, timestamp, payload))
    at += 15 + size
  }
  return tags
}

export function makeTag(type: 8 | 9, timestamp: number, payload: Buffer): MediaTag {
  const config = payload[1] === 0
  const key = payload.readUInt8(0) >> 4 === 1
  const video = config ? 'video-config' : key ? 'video-key' : 'video'
  const kind = type === 8 ? (config ? 'audio-config' : 'audio') : video
  const whole = Buffer.alloc(15 + payload.length)
  whole[0] = type
  whole.writeUIntBE(payload.length, 1, 3)
  whole.writeUIntBE(timestamp % 0x1000000, 4, 3)
  whole[7] = Math.floor(timestamp / 0x1000000)
  payload.copy(whole, 11)
  whole.writeUInt32BE(11 + payload.length, 11 + payload.length)
  return { kind, type, timestamp, sent: timestamp >>> 0, payload, flv: () => whole }
}

/** Position of a tag in a spool file, by its type, size, timestamp and payload; -1 if it is missing. */
export function placeIn(file: Buffer, { payload, flv }: MediaTag): number {
  const head = flv().subarray(0, 8)
  let at = file.indexOf(head)
  while (at !== -1 && !file.subarray(at + 11, at + 11 + payload.length).equals(payload)) at = file.indexOf(head, at + 1)
  return at
}

/** The same tags later or earlier. */
export function shifted(tags: readonly MediaTag[], by: number): MediaTag[] {
  return tags.map((tag) => (tag.type === 18 ? tag : makeTag(tag.type, tag.timestamp + by, tag.payload)))
}
export const audioOf = (tags: readonly MediaTag[]): MediaTag[] => tags.filter(({ type }) => type === 8)
export const videoOf = (tags: readonly MediaTag[]): MediaTag[] => tags.filter(({ type }) => type === 9)
export const framesOf = (tags: readonly MediaTag[]): MediaTag[] => tags.filter(({ kind }) => !kind.endsWith('config'))
