/**
 * The spool: what a participant sends, as append-only FLV files. A file's name says when the participant began, its first tag whose
 * it is, so that a service that starts anew can finish it from the files alone. Each tag has the publisher's own timestamp and, in
 * the three bytes that FLV calls the stream's id, when it came: the files are placed in time after the call, when past and future
 * are known.
 */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { RECORD_TYPE } from '../../miniprogram/netcall/constants'

export const FLV_HEADER = Buffer.from([0x46, 0x4c, 0x56, 1, 5, 0, 0, 0, 9, 0, 0, 0, 0])
export const TAG_HEADER_SIZE = 11
export const ARRIVED_MASK = 0xffffff
export const TAG_TRAILER_SIZE = 4
/** A tag's payload is never larger (the media engine's own limit is below it); a larger size in a file is damage. */
export const MAX_PAYLOAD = 8 << 20
export const TAG_TYPE = { audio: 8, video: 9, script: 18 } as const
export type TagType = (typeof TAG_TYPE)[keyof typeof TAG_TYPE]

const spoolHeader = z.object({
  cid: z.number().int(),
  uid: z.number().int(),
  account: z.string(),
  caller: z.boolean(),
  request: z.object({
    audio: z.boolean(),
    video: z.boolean(),
    live: z.boolean(),
    type: z.enum(RECORD_TYPE),
    hostSpeaker: z.boolean(),
  }),
  /** Files of one publication have the same. */
  clock: z.number().int(),
  /** `wall`: when the publication began, ms. Before version 2 a time stamp of the stream and when it came. */
  anchor: z.object({ wall: z.number(), timestamp: z.number() }),
  /** 2: tags have the publisher's timestamps and tell when they came. Before, timestamps were the relay's. */
  version: z.literal(2).optional(),
})
export type SpoolHeader = z.infer<typeof spoolHeader>

const mark = z.discriminatedUnion('mark', [
  z.object({ mark: z.literal('header'), header: spoolHeader }),
  /** The file was closed in good order. `timestamp`: when the last tag of any track came; before version 2 its time stamp, ms. */
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
 * A mark as a whole FLV script tag, which any FLV reader passes over: AMF0 name and text. The text is JSON behind its
 * checksum, for a damaged digit of a wall clock could make hours of silence, one of a uid another's file.
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
  return encodeTag(TAG_TYPE.script, timestamp, payload)
}

/** Null for any other script tag, and for a mark that is damaged. */
export function decodeMark(payload: Buffer): SpoolMark | null {
  if (payload.toString('latin1', NAME_AT, NAME_AT + MARK_NAME.length) !== MARK_NAME) return null
  const text = payload.toString('utf8', TEXT_AT)
  const json = text.slice(CHECKSUM_LENGTH)
  if (text.slice(0, CHECKSUM_LENGTH) !== checksum(json)) return null
  return mark.parse(JSON.parse(json))
}

const checksum = (text: string): string => createHash('md5').update(text).digest('hex')

/**
 * `<origin>-<number>.flv`. `origin`: wall clock of the participant's first publication in the call, ms, where all its
 * files begin; the number rises over all of its publications.
 */
export const segmentName = (origin: number, segment: number): string => `${origin}-${segment}.flv`

/** Null for a file that is none. */
export function parseSegmentName(name: string): { origin: number; segment: number } | null {
  const [, origin, segment] = /^(\d{1,15})-(\d{1,9})\.flv$/.exec(name) ?? []
  return origin === undefined ? null : { origin: Number(origin), segment: Number(segment) }
}

/** `arrived`: when it came, ms from the publication's start; kept in 24 bits, four and a half hours. */
export function encodeTag(type: TagType, timestamp: number, payload: Buffer, arrived = 0): Buffer {
  const tag = Buffer.alloc(TAG_HEADER_SIZE + payload.length + TAG_TRAILER_SIZE)
  tag[0] = type
  tag.writeUIntBE(payload.length, 1, 3)
  tag.writeUIntBE(timestamp % 0x1000000, 4, 3)
  tag[7] = (timestamp >>> 24) & 0xff
  tag.writeUIntBE(Math.round(arrived) & ARRIVED_MASK, 8, 3)
  payload.copy(tag, TAG_HEADER_SIZE)
  tag.writeUInt32BE(TAG_HEADER_SIZE + payload.length, TAG_HEADER_SIZE + payload.length)
  return tag
}
