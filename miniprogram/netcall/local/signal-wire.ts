/** Shapes and classification of the IM side's frames. */
import { CONTROL_COMMAND, NETCALL_TYPE } from '../constants'
import type { ImEvents } from '../im'
import {
  NOTIFICATION_ADDRESS,
  type ClientConfig,
  type Contact,
  type SignalMethod,
  type SignalMethods,
  type SignalNotificationName,
  type SignalNotifications,
} from '../protocol'
import {
  isAnything,
  isBoolean,
  isInteger,
  isObject,
  isString,
  isText,
  listOf,
  mapOf,
  oneOf,
  optional,
  shape,
  type Guard,
} from '../guards'

/** Events of a signalling client: of its connection, and the service's notifications by name. */
export interface SignalEvents
  extends SignalNotifications, Pick<ImEvents, 'connect' | 'willreconnect' | 'disconnect' | 'tokenExpiring'> {}

const isCallType = oneOf(Object.values(NETCALL_TYPE))
const isControlCommand = oneOf(Object.values(CONTROL_COMMAND))
const isUidMap = mapOf(isInteger)
const isContact = shape<Contact>({ account: isText, online: isBoolean })
const isEmpty = (value: unknown): value is Record<string, never> => isObject(value)
const isClientConfig = (value: unknown): value is ClientConfig => isObject(value)

export const ANSWER_GUARDS: { [M in SignalMethod]: Guard<SignalMethods[M]['answer']> } = {
  heartbeat: shape({ timetag: isInteger }),
  initNetcall: shape({
    timetag: isInteger,
    uid: isInteger,
    channelId: isInteger,
    keepCallingAccounts: listOf(isText),
    accountUidMap: isUidMap,
    clientConfig: isClientConfig,
    serverMap: isText,
  }),
  keepCalling: shape({ accounts: listOf(isText) }),
  calleeAck: isEmpty,
  hangup: isEmpty,
  netcallControl: isEmpty,
  createChannel: shape({ timetag: isInteger }),
  joinChannel: shape({
    timetag: isInteger,
    channelId: isInteger,
    accountUidMap: isUidMap,
    serverMap: isText,
    clientConfig: isClientConfig,
    custom: isString,
  }),
  queryAccountUidMap: shape({ accountUidMap: isUidMap }),
  listContacts: shape({ contacts: listOf(isContact), more: optional(isBoolean) }),
  sendMessage: shape({ timetag: isInteger }),
}

const GUARDS: { [N in SignalNotificationName]: Guard<SignalEvents[N]> } = {
  welcome: shape({ account: isText, deviceId: isString, timetag: isInteger, calls: optional(listOf(isInteger)) }),
  kicked: shape({ reason: isString }),
  beCalled: shape({
    timetag: isInteger,
    type: isCallType,
    channelId: isInteger,
    account: isText,
    uid: isInteger,
    accountUidMap: isUidMap,
    clientConfig: isClientConfig,
    custom: isString,
    serverMap: isText,
  }),
  notifyCalleeAck: shape({ account: isText, channelId: isInteger, type: isCallType, accepted: isBoolean }),
  notifyHangup: shape({ channelId: isInteger, account: isText, timetag: isInteger, reason: optional(isString) }),
  netcallControl: shape({ account: isText, type: isControlCommand, channelId: isInteger }),
  notifyCalleeAckSync: shape({
    timetag: isInteger,
    channelId: isInteger,
    type: isCallType,
    accepted: isBoolean,
    fromClientType: isInteger,
  }),
  notifyJoin: shape({ channelId: isInteger, accountUidMap: isUidMap }),
  presence: isContact,
  message: shape({ from: isText, content: isString, timetag: isInteger }),
}

export interface SignalFrame {
  sid: number
  cid: number
  seq: number | undefined
  code: number | undefined
  body: unknown
  message: string | undefined
}
export const isSignalFrame = shape<SignalFrame>({
  sid: isInteger,
  cid: isInteger,
  seq: optional(isInteger),
  code: optional(isInteger),
  body: isAnything,
  message: optional(isString),
})

type Deliver = <N extends SignalNotificationName>(name: N, body: SignalEvents[N]) => void

/** Emits a notification under its name. Unknown and malformed ones are dropped. */
export function deliverNotification(frame: SignalFrame, deliver: Deliver): void {
  const offer = <N extends SignalNotificationName>(name: N, guard: Guard<SignalEvents[N]>): void => {
    const [sid, cid] = NOTIFICATION_ADDRESS[name]
    if (frame.sid === sid && frame.cid === cid && guard(frame.body)) deliver(name, frame.body)
  }
  offer('welcome', GUARDS.welcome)
  offer('kicked', GUARDS.kicked)
  offer('beCalled', GUARDS.beCalled)
  offer('notifyCalleeAck', GUARDS.notifyCalleeAck)
  offer('notifyHangup', GUARDS.notifyHangup)
  offer('netcallControl', GUARDS.netcallControl)
  offer('notifyCalleeAckSync', GUARDS.notifyCalleeAckSync)
  offer('notifyJoin', GUARDS.notifyJoin)
  offer('presence', GUARDS.presence)
  offer('message', GUARDS.message)
}
