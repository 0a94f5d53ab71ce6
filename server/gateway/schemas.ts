import { z } from 'zod'
import { ENCRYPT_TYPES, NETCALL_MODE, ROLE, SCENE, type RecordType } from '../../miniprogram/netcall/constants'
import type { GatewayMethod, GatewayMethods } from '../../miniprogram/netcall/protocol'
import { accountSchema } from '../tokens'

const id = z.int().positive()
const mode = z.literal(Object.values(NETCALL_MODE))
const zeroOrOne = z.literal([0, 1])
const text = z.string().max(4096)
const who = { uid: id, cid: id }
const statistic = z.unknown().optional()

/** `recordType` as it travels: a string, or the number of an old sender. Left out it means "0". */
const recordType = z.literal(['0', '1', '2', 0, 1, 2], 'expected "0", "1" or "2"').default('0')

/** The body of every request, as the contract's types say. Recording switches that are left out are CLOSE. */
export const GATEWAY_BODIES: { [M in GatewayMethod]: z.ZodType<GatewayMethods[M]['body']> } = {
  login: z.object({
    ...who,
    accid: accountSchema,
    token: text,
    mode,
    scene: z.literal(Object.values(SCENE)),
    usertype: z.literal(2),
    role: z.literal(Object.values(ROLE)).exactOptional(),
    liveEnable: zeroOrOne.exactOptional(),
    webrtc: zeroOrOne.exactOptional(),
    recordAudio: zeroOrOne.default(0),
    recordVideo: zeroOrOne.default(0),
    rtmpRecord: zeroOrOne.default(0),
    rtmpUrl: text.exactOptional(),
    splitMode: z.int().exactOptional(),
    layout: text.exactOptional(),
    recordType,
    isHostSpeaker: zeroOrOne.exactOptional(),
    encryptType: z.literal(ENCRYPT_TYPES).exactOptional(),
    encryptKey: text.exactOptional(),
  }),
  heartbeat: z.object({ ...who, statistic }),
  logout: z.object({ ...who, statistic }),
  getUploadUserList: z.object(who),
  updatePushMode: z.object({ ...who, mode }),
}

/** The envelope of a request; its body is judged by `GATEWAY_BODIES`. */
export const GATEWAY_REQUEST = z.object({ cmd: z.int(), seq: z.int(), body: z.unknown().optional() })

const RECORD_TYPES: Record<string, RecordType> = { 0: '0', 1: '1', 2: '2' }

/** A record type that passed its schema, as a string. */
export function recordTypeOf(value: string | number): RecordType {
  return RECORD_TYPES[value] ?? '0'
}
