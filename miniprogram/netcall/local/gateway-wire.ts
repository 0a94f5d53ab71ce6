/** Shapes of the media gateway's frames. */
import { NETCALL_MODE } from '../constants'
import {
  GATEWAY_COMMAND,
  type GatewayMethod,
  type GatewayMethods,
  type GatewayPush,
  type GatewayPushes,
  type GatewayUser,
} from '../protocol'
import { isAnything, isInteger, isString, isText, listOf, oneOf, optional, shape, type Guard } from '../guards'

const isMode = oneOf(Object.values(NETCALL_MODE))
const isUser = shape<GatewayUser>({ uid: isInteger, accid: isText, cid: isInteger, url: isString, mode: isMode })
const isClosing = shape<{ cid: number; reason: string }>({ cid: isInteger, reason: isString })

export interface GatewayFrameIn {
  cmd: number
  body: unknown
  seq: number | undefined
}
export const isGatewayFrame = shape<GatewayFrameIn>({ cmd: isInteger, body: isAnything, seq: optional(isInteger) })

/** Common fields of answers. */
export const isOutcome = shape<{ code: number; errmsg: string | undefined }>({
  code: isInteger,
  errmsg: optional(isString),
})

interface Outcome {
  code: number
  errmsg?: string
}
const isPlainAnswer = shape<Outcome>({ code: isInteger, errmsg: optional(isString) })
const isUserList = shape<Outcome & { userlist: GatewayUser[] }>({
  code: isInteger,
  errmsg: optional(isString),
  userlist: listOf(isUser),
})
export const GATEWAY_ANSWER_GUARDS: { [M in GatewayMethod]: Guard<GatewayMethods[M]['answer']> } = {
  login: isUserList,
  heartbeat: isPlainAnswer,
  logout: isPlainAnswer,
  getUploadUserList: isUserList,
  updatePushMode: isPlainAnswer,
}

const PUSH_GUARDS: { [P in GatewayPush]: Guard<GatewayPushes[P]> } = {
  clientJoin: isUser,
  clientLeave: shape({ uid: isInteger, accid: isText, cid: isInteger }),
  clientUpdate: shape({ uid: isInteger, accid: isText, cid: isInteger, mode: isMode }),
  liveRoomClose: isClosing,
  kicked: isClosing,
  roomRefused: isClosing,
}

type PushHandlers = { [P in GatewayPush]: (body: GatewayPushes[P]) => void }

/** Passes a push to its handler. Unknown and malformed ones and those of other channels are dropped. */
export function deliverPush(frame: GatewayFrameIn, cid: number, handlers: PushHandlers): void {
  const offer = <P extends GatewayPush>(name: P, guard: Guard<GatewayPushes[P]>): void => {
    const { body } = frame
    if (frame.cmd === GATEWAY_COMMAND[name] && guard(body) && body.cid === cid) handlers[name](body)
  }
  offer('clientJoin', PUSH_GUARDS.clientJoin)
  offer('clientLeave', PUSH_GUARDS.clientLeave)
  offer('clientUpdate', PUSH_GUARDS.clientUpdate)
  offer('liveRoomClose', PUSH_GUARDS.liveRoomClose)
  offer('kicked', PUSH_GUARDS.kicked)
  offer('roomRefused', PUSH_GUARDS.roomRefused)
}
