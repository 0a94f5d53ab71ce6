import { z } from 'zod'
import { ENCRYPT_TYPES, NETCALL_MODE, ROLE, SCENE, type RecordType } from '../../miniprogram/netcall/constants'
import type { GatewayLogin, GatewayMethod, GatewayMethods } from '../../miniprogram/netcall/protocol'
import type { RecordingRequest } from '../recording/types'
import { accountSchema } from '../tokens'

const id = z.int().positive()
const mode = z.literal(Object.values(NETCALL_MODE))
const zeroOrOne = z.literal([0, 1])
const text = z.string().max(4096)
const who = { uid: id, cid: id }
const statistic = z.unknown().optional()

/** `recordType` on the wire: a string, or a number from older senders. "0" if omitted. */
const recordType = z.literal(['0', '1', '2', 0, 1, 2], 'expected "0", "1" or "2"').default('0')

/** The recording parameters. Omitted switches are CLOSE. */
const recordingFields = {
  recordAudio: zeroOrOne.default(0),
  recordVideo: zeroOrOne.default(0),
  rtmpRecord: zeroOrOne.default(0),
  recordType,
  isHostSpeaker: zeroOrOne.exactOptional(),
}
export const RECORDING_FIELDS: readonly string[] = Object.keys(recordingFields)

/** The body of each request, as in the contract's types. */
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
    ...recordingFields,
    rtmpUrl: text.exactOptional(),
    splitMode: z.int().exactOptional(),
    layout: text.exactOptional(),
    encryptType: z.literal(ENCRYPT_TYPES).exactOptional(),
    encryptKey: text.exactOptional(),
  }),
  heartbeat: z.object({ ...who, statistic }),
  logout: z.object({ ...who, statistic }),
  getUploadUserList: z.object(who),
  updatePushMode: z.object({ ...who, mode }),
}

/** The envelope of a request; its body is validated by `GATEWAY_BODIES`. */
export const GATEWAY_REQUEST = z.object({ cmd: z.int(), seq: z.int(), body: z.unknown().optional() })

const RECORD_TYPES: Record<string, RecordType> = { 0: '0', 1: '1', 2: '2' }

/** The recording request of a login. */
export function recordingRequestOf(login: GatewayLogin): RecordingRequest {
  return {
    audio: login.recordAudio === 1,
    video: login.recordVideo === 1,
    live: login.rtmpRecord === 1,
    type: RECORD_TYPES[login.recordType] ?? '0',
    hostSpeaker: login.isHostSpeaker === 1,
  }
}
