/**
 * The spool: a participant's stream as append-only FLV files. The file name has the participant's start, the first tag its identity: after
 * a crash the files alone are enough. Each tag has the publisher's own timestamp and, in FLV's stream id (3 bytes), its arrival time:
 * frames are placed in time after the call, when all of them are known.
 */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { flvHeader, SCRIPT, writeFlvTag, type TagType } from '../../media/flv'
import { recordingRequest } from '../types'

export const SPOOL_HEADER = flvHeader({ audio: true, video: true })
const ARRIVED_MASK = 0xffffff
/** Maximum payload of a tag (the media engine's limit is below it); a larger size in a file is damage. */
export const MAX_PAYLOAD = 8 << 20

const spoolHeader = z.object({
  cid: z.number().int(),
  uid: z.number().int(),
  account: z.string(),
  caller: z.boolean(),
  request: recordingRequest,
  /** Equal for all files of one publication. */
  clock: z.number().int(),
  /** `wall`: the publication's start, ms. Before version 2: a stream timestamp and its arrival. */
  anchor: z.object({ wall: z.number(), timestamp: z.number() }),
  /** 2: tags have the publisher's timestamps and arrival times. 1: timestamps were the relay's. */
  version: z.literal(2).optional(),
  /** When the file was begun, ms from the publication's start: arrival times in tags are relative to it. Missing in old files: 0. */
  since: z.number().nonnegative().optional(),
})
export type SpoolHeader = z.infer<typeof spoolHeader>

const mark = z.discriminatedUnion('mark', [
  z.object({ mark: z.literal('header'), header: spoolHeader }),
  /** The file was closed properly. `timestamp`: arrival of the last tag on any track; before version 2 its timestamp, ms. */
  z.object({ mark: z.literal('end'), timestamp: z.number() }),
])
export type SpoolMark = z.infer<typeof mark>

const MARK_NAME = 'spool'
const AMF_STRING = 2
const AMF_LONG_STRING = 12
const NAME_AT = 3
const TEXT_AT = NAME_AT + MARK_NAME.length + 5
const CHECKSUM_LENGTH = 32

/**
 * A mark as an FLV script tag, which FLV readers skip: AMF0 name and text. The text is JSON with a checksum, because a damaged digit of a
 * wall clock would add hours of silence, and one of a uid would name another participant.
 */
export function encodeMark(content: SpoolMark, timestamp: number): Buffer {
  const json = JSON.stringify(content)
  const text = Buffer.from(checksum(json) + json)
  const payload = Buffer.alloc(TEXT_AT + text.length)
  payload[0] = AMF_STRING
  payload.writeUInt16BE(MARK_NAME.length, 1)
  payload.write(MARK_NAME, NAME_AT, 'latin1')
  payload[NAME_AT + MARK_NAME.length] = AMF_LONG_STRING
  payload.writeUInt32BE(text.length, TEXT_AT - 4)
  text.copy(payload, TEXT_AT)
  return writeFlvTag(SCRIPT, timestamp, payload)
}

/** Null for other script tags and damaged marks. */
export function decodeMark(payload: Buffer): SpoolMark | null {
  if (payload.toString('latin1', NAME_AT, NAME_AT + MARK_NAME.length) !== MARK_NAME) return null
  const text = payload.toString('utf8', TEXT_AT)
  const json = text.slice(CHECKSUM_LENGTH)
  if (text.slice(0, CHECKSUM_LENGTH) !== checksum(json)) return null
  return mark.parse(JSON.parse(json))
}

const checksum = (text: string): string => createHash('md5').update(text).digest('hex')

/**
 * `<origin>-<number>.flv`. `origin`: wall clock of the participant's first publication in the call, ms, the common start of its files; the
 * number increases over all its publications.
 */
export const segmentName = (origin: number, segment: number): string => `${origin}-${segment}.flv`

/** Null for other names. */
export function parseSegmentName(name: string): { origin: number; segment: number } | null {
  const [, origin, segment] = /^(\d{1,15})-(\d{1,9})\.flv$/.exec(name) ?? []
  return origin === undefined ? null : { origin: Number(origin), segment: Number(segment) }
}

/** `arrived`: ms from the publication's start, stored in 24 bits (4.6 hours); the reader restores the rest. */
export function spoolTag(type: TagType, timestamp: number, payload: Buffer, arrived = 0): Buffer {
  return writeFlvTag(type, timestamp, payload, Math.round(arrived) & ARRIVED_MASK)
}
