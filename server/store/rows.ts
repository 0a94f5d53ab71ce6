/** Converts rows of the database to objects. */
import { z } from 'zod'
import { recordingRequest } from '../recording/types'

const json = z.string().transform((text): unknown => JSON.parse(text))
const bool = z.number().transform((value) => value !== 0)
const type = z.union([z.literal(1), z.literal(2)])
const endReason = z.enum([
  'hangup',
  'cancelled',
  'rejected',
  'busy',
  'no-answer',
  'offline',
  'lost',
  'room-closed',
  'service-stopped',
])
const note = z
  .object({
    code: z.enum(['mix-unavailable', 'mix-failed', 'unfinished']),
    uid: z.number().optional(),
    message: z.string(),
  })
  .transform(({ uid, ...rest }) => (uid === undefined ? rest : { ...rest, uid }))
const trackAccount = z.object({
  received: z.number(),
  written: z.number(),
  dropped: z.record(z.string(), z.number()),
  repaired: z.record(z.string(), z.number()),
})
const frameAccount = z.object({ uid: z.number(), account: z.string(), audio: trackAccount, video: trackAccount })

export const callRow = z.object({
  cid: z.number(),
  scene: z.union([z.literal(0), z.literal(1)]),
  type,
  name: z.string().nullable(),
  caller: z.string(),
  custom: z.string(),
  createdAt: z.number(),
  answeredAt: z.number().nullable(),
  endedAt: z.number().nullable(),
  endReason: endReason.nullable(),
  recording: z.enum(['none', 'live', 'finishing', 'done', 'failed']),
  notes: json.pipe(z.array(note)),
  frames: json.pipe(z.array(frameAccount)),
})

export const memberRow = z.object({
  cid: z.number(),
  account: z.string(),
  uid: z.number(),
  joinedAt: z.number().nullable(),
  leftAt: z.number().nullable(),
  absent: z.number(),
  request: json.pipe(recordingRequest).nullable(),
})

export const fileRow = z.object({
  cid: z.number(),
  uid: z.number(),
  account: z.string(),
  caller: bool,
  kind: z.enum(['aac', 'mp4', 'flv']),
  filename: z.string(),
  size: z.number(),
  md5: z.string(),
  duration: z.number(),
  mix: bool,
  pieceIndex: z.number(),
})

export const outboxRow = z.object({
  id: z.number(),
  cid: z.number(),
  callbackId: z.string(),
  eventType: z.string(),
  body: z.string(),
  attempts: z.number(),
  nextAttemptAt: z.number(),
  state: z.enum(['waiting', 'sent', 'failed']),
  lastError: z.string().nullable(),
  sentAt: z.number().nullable(),
})

export const receivedRow = z.object({
  id: z.number(),
  receivedAt: z.number(),
  eventType: z.string(),
  cid: z.number().nullable(),
  callbackId: z.string().nullable(),
  valid: bool,
  problem: z.string().nullable(),
  body: z.string(),
})

export const valueRow = z.object({ value: z.string() })
export const uidRow = z.object({ uid: z.number() })
export const accountRow = z.object({ account: z.string() })
export const cidRow = z.object({ cid: z.number() })
export const sizeRow = z.object({ size: z.number() })
export const dueRow = z.object({ due: z.number().nullable() })
export const countRow = z.object({ state: outboxRow.shape.state, count: z.number() })
