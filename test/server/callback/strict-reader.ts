/**
 * Reads callbacks like the strictest integrator: each field of NetEase's service, with its type, and no other. A body that a Go struct with
 * string fields, or a reader that rejects unknown fields, would not accept fails here.
 */
import { z } from 'zod'

const digits = z.string().regex(/^\d+$/)
const inside = <Schema extends z.ZodType>(schema: Schema) =>
  z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(schema)

const duration = z.strictObject({
  eventType: z.literal('5'),
  channelId: digits,
  createtime: z.string().regex(/^\d{13}$/),
  duration: digits,
  type: z.enum(['AUDIO', 'VEDIO']),
  live: z.enum(['0', '1']),
  status: z.enum(['SUCCESS', 'TIMEOUT', 'SINGLE_PARTICIPATE', 'UNKNOWN']),
  members: inside(
    z.array(
      z.strictObject({
        accid: z.string(),
        caller: z.literal(true).optional(),
        duration: z.number().int().min(0),
        userType: z.number().int(),
      }),
    ),
  ),
  running: z.literal(true).optional(),
  ext: z.string().optional(),
})
const files = z.strictObject({
  eventType: z.literal('6'),
  fileinfo: inside(
    z.array(
      z.strictObject({
        vid: digits,
        filename: z.string(),
        pieceindex: digits,
        size: digits,
        type: z.enum(['aac', 'mp4', 'flv']),
        user: z.string(),
        mix: z.boolean(),
        url: z.url(),
        channelid: digits,
        timestamp: z.string().regex(/^\d{10}$/),
        md5: z.string().regex(/^[0-9a-f]{32}$/),
        caller: z.literal(true).optional(),
      }),
    ),
  ),
})
const started = z.strictObject({
  eventType: z.literal(20),
  callType: z.number().int(),
  fromAccount: z.string(),
  fromClientType: z.number().int(),
  fromDeviceId: z.string(),
  toAccountList: z.array(z.string()),
  forceKeepCalling: z.boolean(),
  timestamp: z.number().int(),
})
const notConnected = z.strictObject({
  eventType: z.literal('not-connected'),
  channelId: digits,
  createtime: z.string().regex(/^\d{13}$/),
  endtime: z.string().regex(/^\d{13}$/),
  type: z.enum(['AUDIO', 'VEDIO']),
  fromAccount: z.string(),
  toAccountList: z.array(z.string()),
  reason: z.string(),
  ext: z.string().optional(),
})
const unreachable = z.strictObject({
  eventType: z.literal('unreachable'),
  channelId: digits,
  createtime: z.string().regex(/^\d{13}$/),
  type: z.enum(['AUDIO', 'VEDIO']),
  fromAccount: z.string(),
  toAccountList: z.array(z.string()).min(1),
  forceKeepCalling: z.boolean(),
  ext: z.string().optional(),
})
const event = z.discriminatedUnion('eventType', [duration, files, started, notConnected, unreachable])
export type StrictEvent = z.infer<typeof event>

/** Throws for a body that is not exactly one of the events. */
export function readStrictly(body: string): StrictEvent {
  return event.parse(JSON.parse(body))
}
