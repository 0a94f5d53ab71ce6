import { z } from 'zod'
import { CONTROL_COMMAND, LIVE_ENABLE, NETCALL_TYPE, ROOM_NAME_LENGTH } from '../../miniprogram/netcall/constants'
import type { SignalMethod, SignalMethods } from '../../miniprogram/netcall/protocol'
import { accountSchema } from '../tokens'

const MAX_CUSTOM_BYTES = 4 * 1024
const MAX_CALLEES = 32
const MAX_UIDS = 500
const UNSEEN = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u

const bytes = (max: number) => z.string().refine((text) => Buffer.byteLength(text) <= max, `longer than ${max} bytes`)
const custom = bytes(MAX_CUSTOM_BYTES)
const callType = z.literal(Object.values(NETCALL_TYPE))
const channelId = z.int().positive()
/** People type the name and have to find the same room: invisible characters are not allowed. */
const channelName = z
  .string()
  .max(ROOM_NAME_LENGTH, `longer than ${ROOM_NAME_LENGTH} characters`)
  .regex(/^\S/, 'empty, or begins with a space')
  .regex(/\S$/, 'ends with a space')
  .refine(
    (name) => !UNSEEN.test(name),
    'has control characters, line breaks or marks that change the direction of text',
  )
const accounts = z
  .array(accountSchema)
  .min(1)
  .max(MAX_CALLEES)
  .transform((list) => [...new Set(list)])
/** NetEase's SDK writes some of these as numbers. */
const yesOrNo = z.union([z.boolean(), z.literal([0, 1]).transform(Boolean)], 'expected a boolean')
const empty = z.object({}).transform((): Record<string, never> => ({}))

/** The body of each request, as in the contract's types. */
export const SIGNAL_BODIES: { [M in SignalMethod]: z.ZodType<SignalMethods[M]['body']> } = {
  heartbeat: empty,
  initNetcall: z.object({
    type: callType,
    accounts,
    pushConfig: z.object({ custom: custom.exactOptional(), forceKeepCalling: yesOrNo.exactOptional() }),
    webrtcEnable: yesOrNo,
  }),
  keepCalling: z.object({ type: callType, accounts: z.array(accountSchema).max(MAX_CALLEES), channelId }),
  calleeAck: z.object({ account: accountSchema, channelId, type: callType, accepted: z.boolean() }),
  hangup: z.object({ channelId }),
  netcallControl: z.object({ channelId, type: z.literal(Object.values(CONTROL_COMMAND)) }),
  createChannel: z.object({ channelName, custom, webrtcEnable: yesOrNo }),
  joinChannel: z.object({
    channelName,
    liveOption: z.object({ liveEnable: z.literal(Object.values(LIVE_ENABLE)) }).exactOptional(),
  }),
  queryAccountUidMap: z.object({ channelName, uids: z.array(channelId).max(MAX_UIDS) }),
  listContacts: z.object({ after: accountSchema.exactOptional() }),
  sendMessage: z.object({ to: accountSchema, content: custom }),
}

/** The envelope of a request; its body is validated by `SIGNAL_BODIES`. */
export const SIGNAL_REQUEST = z.object({ sid: z.int(), cid: z.int(), seq: z.int(), body: z.unknown().optional() })
