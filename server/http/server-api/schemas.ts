/** Parameters, bodies and answers of the server API. They are also its documentation: see `openapi.ts`. */
import { z } from 'zod'
import { NETCALL_TYPE, SCENE } from '../../../miniprogram/netcall/constants'
import { recordingRequest } from '../../recording/types'
import { accountSchema } from '../../tokens'

const cid = z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER).describe('Number of the call (channel).')
const time = z.number().int().describe('ms since 1970')
const limit = (most: number) => z.coerce.number().int().min(1).max(most)

export const callParams = z.object({ cid })
export const memberParams = z.object({ cid, account: accountSchema })
export const fileParams = z.object({
  cid,
  filename: z.string().regex(/^[\w-][\w.-]{0,127}$/, 'not the name of a file'),
})

export const callsQuery = z.object({
  state: z.enum(['running', 'any']).default('any').describe('Only running calls and rooms, or all.'),
  account: accountSchema.optional().describe('Only calls of this member.'),
  recorded: z.stringbool().default(false).describe('Only calls with files.'),
  before: cid.optional().describe('The last call of the page before.'),
  limit: limit(200).default(50),
})

export const onlineQuery = z.object({
  accounts: z
    .string()
    .transform((names) => names.split(','))
    .pipe(z.array(accountSchema).min(1).max(100))
    .optional()
    .describe('Only these, separated by commas; accounts that are offline have 0 devices.'),
  after: accountSchema.optional().describe('The last account of the page before.'),
  limit: limit(1000).default(100),
})

export const recordingOrder = recordingRequest
  .strict()
  .describe(
    'What of the member’s stream is recorded from now on, instead of its own request: `audio`, `video`, `live` (FLV); `type` as in startRtc: 0 mix and single, 1 mix, 2 single. All false: nothing.',
  )

const recording = recordingRequest.nullable().describe('What of its stream is recorded; null if it has not been in.')

const file = z.object({
  uid: z.number().int().describe('0 for a mix.'),
  account: z.string(),
  kind: z.enum(['aac', 'mp4', 'flv']),
  filename: z.string(),
  size: z.number().int().describe('bytes'),
  duration: z.number().int().describe('ms'),
  md5: z.string(),
  mix: z.boolean(),
  url: z.string().describe('Absolute and signed; it expires after FILE_URL_TTL.'),
})

export const call = z.object({
  cid: z.number().int(),
  scene: z.enum(SCENE).describe('0: one-to-one, 1: room'),
  type: z.enum(NETCALL_TYPE).describe('1: audio, 2: video'),
  name: z.string().nullable().describe('Name of a room.'),
  caller: z.string(),
  ext: z.string().describe('Custom data from the app at the start of the call.'),
  state: z.enum(['ringing', 'active', 'ended']),
  createdAt: time,
  answeredAt: time.nullable(),
  endedAt: time.nullable(),
  endReason: z.string().nullable(),
  members: z.array(
    z.object({
      account: z.string(),
      uid: z.number().int(),
      state: z
        .enum(['invited', 'accepted', 'joined', 'rejected', 'left'])
        .nullable()
        .describe('joined: has a media session; null after the call.'),
      joinedAt: time.nullable(),
      leftAt: time.nullable(),
      recording,
    }),
  ),
  recording: z.object({
    state: z.enum(['none', 'live', 'finishing', 'done', 'failed']),
    notes: z.array(z.object({ code: z.string(), uid: z.number().int().optional(), message: z.string() })),
  }),
  files: z.array(file),
})
export type ServerApiCall = z.infer<typeof call>

export const calls = z.object({
  calls: z.array(call),
  next: z.number().int().nullable().describe('`before` of the next page; null at the end.'),
})
export const online = z.object({
  accounts: z.array(z.object({ account: z.string(), devices: z.number().int() })),
  next: z.string().nullable().describe('`after` of the next page; null at the end.'),
})
export const problem = z.object({
  error: z.object({ code: z.string(), message: z.string(), field: z.string().optional() }),
})
