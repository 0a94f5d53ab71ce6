/**
 * The wire protocol of the call service's two sockets: the IM side (`ws /signal`) and the media gateway (`ws /gateway`). Types and numbers
 * only; used by the mini-program and the service.
 */
import type { CallType, ControlCommand, EncryptType, NetcallMode, Role, Scene, Switch } from './constants'
import type { Account, AccountUidMap, Cid, Uid, WireRecording } from './types'

// ── The IM side: `{ sid, cid, seq, body }` → `{ sid, cid, seq, code, body }`; a notification has no `seq` ─────────────

/** Services of the IM side. 9 is the contract's; the others are this service's own. */
const SERVICE = { session: 1, call: 9, contacts: 10, messages: 11 } as const
type ServiceId = (typeof SERVICE)[keyof typeof SERVICE]

/** Command ids within a service, as on the wire. */
const SESSION_COMMAND = { heartbeat: 1, welcome: 2, kicked: 3 } as const
const CALL_COMMAND = {
  initNetcall: 1,
  beCalled: 2,
  keepCalling: 3,
  calleeAck: 4,
  notifyCalleeAck: 5,
  hangup: 6,
  notifyHangup: 7,
  netcallControl: 8,
  notifyControl: 9,
  notifyCalleeAckSync: 12,
  createChannel: 13,
  joinChannel: 14,
  notifyJoin: 15,
  queryAccountUidMap: 16,
} as const
const CONTACTS_COMMAND = { list: 1, presence: 2 } as const
const MESSAGES_COMMAND = { send: 1, received: 2 } as const

/** Close codes of `ws /signal` after which a client must not retry: the service kicked the device, with a reason. */
export const SIGNAL_CLOSE = {
  badRequest: 4400,
  unauthorized: 4401,
  kicked: 4403,
} as const

/**
 * Why the service ended a call, other than a hangup: `reason` of the gateway's `liveRoomClose` and of the IM side's `notifyHangup`, so that
 * it does not matter which one arrives first.
 */
export const ROOM_CLOSE_REASON = {
  /** The peer's connection was lost and did not come back in time. */
  lost: 'lost',
  serviceStopped: 'service-stopped',
  /** Ended by the app's server, or an empty room. */
  closed: 'room-closed',
} as const

/** `reason` of the gateway's `kicked`. Extension: the contract leaves it open. */
export const KICK_REASON = {
  /** The account joined again from another device, which replaces this one. */
  replaced: 'replaced',
  /** The app's server removed the member from the room. */
  removed: 'removed',
} as const
export type KickReason = (typeof KICK_REASON)[keyof typeof KICK_REASON]

export interface SignalAnswer {
  sid: number
  cid: number
  seq: number
  code: number
  body: unknown
  message?: string
}
export interface SignalNotification {
  sid: number
  cid: number
  code: 200
  body: unknown
}

/** Name → body and answer of every request of the IM side. Times are ms since 1970. */
export interface SignalMethods {
  heartbeat: { body: Record<string, never>; answer: { timetag: number } }
  initNetcall: {
    body: {
      type: CallType
      accounts: Account[]
      pushConfig: { custom?: string; forceKeepCalling?: boolean }
      webrtcEnable: boolean
    }
    answer: {
      timetag: number
      uid: Uid
      channelId: Cid
      /** Callees to call again: the online ones that have not answered, or all if forced. */
      keepCallingAccounts: Account[]
      accountUidMap: AccountUidMap
      clientConfig: ClientConfig
      serverMap: string
    }
  }
  keepCalling: { body: { type: CallType; accounts: Account[]; channelId: Cid }; answer: { accounts: Account[] } }
  calleeAck: {
    body: { account: Account; channelId: Cid; type: CallType; accepted: boolean }
    answer: Record<string, never>
  }
  hangup: { body: { channelId: Cid }; answer: Record<string, never> }
  netcallControl: { body: { channelId: Cid; type: ControlCommand }; answer: Record<string, never> }
  createChannel: {
    body: { channelName: string; custom: string; webrtcEnable: boolean }
    answer: { timetag: number }
  }
  joinChannel: {
    body: { channelName: string; liveOption?: { liveEnable: Switch } }
    answer: {
      timetag: number
      channelId: Cid
      accountUidMap: AccountUidMap
      serverMap: string
      clientConfig: ClientConfig
      custom: string
    }
  }
  queryAccountUidMap: { body: { channelName: string; uids: Uid[] }; answer: { accountUidMap: AccountUidMap } }
  /** One page sorted by name, after `after`. `more`: there are further pages. */
  listContacts: { body: { after?: Account }; answer: { contacts: Contact[]; more: boolean | undefined } }
  sendMessage: { body: { to: Account; content: string }; answer: { timetag: number } }
}
export type SignalMethod = keyof SignalMethods

/** Wire address of each request: `[sid, cid]`. */
export const SIGNAL_ADDRESS = {
  heartbeat: [SERVICE.session, SESSION_COMMAND.heartbeat],
  initNetcall: [SERVICE.call, CALL_COMMAND.initNetcall],
  keepCalling: [SERVICE.call, CALL_COMMAND.keepCalling],
  calleeAck: [SERVICE.call, CALL_COMMAND.calleeAck],
  hangup: [SERVICE.call, CALL_COMMAND.hangup],
  netcallControl: [SERVICE.call, CALL_COMMAND.netcallControl],
  createChannel: [SERVICE.call, CALL_COMMAND.createChannel],
  joinChannel: [SERVICE.call, CALL_COMMAND.joinChannel],
  queryAccountUidMap: [SERVICE.call, CALL_COMMAND.queryAccountUidMap],
  listContacts: [SERVICE.contacts, CONTACTS_COMMAND.list],
  sendMessage: [SERVICE.messages, MESSAGES_COMMAND.send],
} as const satisfies Record<SignalMethod, readonly [ServiceId, number]>

/** Name → body of every notification of the IM side. */
export interface SignalNotifications {
  /** First notification of a connection. `calls`: the account's ringing and running calls; all others have ended. */
  welcome: { account: Account; deviceId: string; timetag: number; calls?: Cid[] | undefined }
  /** Last notification before the service closes the connection. */
  kicked: { reason: string }
  beCalled: {
    timetag: number
    type: CallType
    channelId: Cid
    account: Account
    uid: Uid
    accountUidMap: AccountUidMap
    clientConfig: ClientConfig
    custom: string
    serverMap: string
  }
  notifyCalleeAck: { account: Account; channelId: Cid; type: CallType; accepted: boolean }
  /** `reason`: of `ROOM_CLOSE_REASON`, only if nobody hung up. Extension: other clients ignore it. */
  notifyHangup: { channelId: Cid; account: Account; timetag: number; reason?: string | undefined }
  netcallControl: { account: Account; type: ControlCommand; channelId: Cid }
  notifyCalleeAckSync: {
    timetag: number
    channelId: Cid
    type: CallType
    accepted: boolean
    fromClientType: number
  }
  notifyJoin: { channelId: Cid; accountUidMap: AccountUidMap }
  presence: Contact
  message: { from: Account; content: string; timetag: number }
}
export type SignalNotificationName = keyof SignalNotifications

export const NOTIFICATION_ADDRESS = {
  welcome: [SERVICE.session, SESSION_COMMAND.welcome],
  kicked: [SERVICE.session, SESSION_COMMAND.kicked],
  beCalled: [SERVICE.call, CALL_COMMAND.beCalled],
  notifyCalleeAck: [SERVICE.call, CALL_COMMAND.notifyCalleeAck],
  notifyHangup: [SERVICE.call, CALL_COMMAND.notifyHangup],
  netcallControl: [SERVICE.call, CALL_COMMAND.notifyControl],
  notifyCalleeAckSync: [SERVICE.call, CALL_COMMAND.notifyCalleeAckSync],
  notifyJoin: [SERVICE.call, CALL_COMMAND.notifyJoin],
  presence: [SERVICE.contacts, CONTACTS_COMMAND.presence],
  message: [SERVICE.messages, MESSAGES_COMMAND.received],
} as const satisfies Record<SignalNotificationName, readonly [ServiceId, number]>

/** The `fromClientType` of a mini-program. */
export const CLIENT_TYPE_MINIPROGRAM = 16

export interface Contact {
  account: Account
  online: boolean
}
/** The service's requirements for clients' media. Empty: the clients' defaults. */
export type ClientConfig = Record<string, never>

/**
 * The parsed `serverMap`. `wechatapparray[0]` is the gateway's `host[:port][/path]`, without a scheme; the path holds the member's ticket.
 */
export interface ServerMap {
  wechatapparray: string[]
  /** Scheme of the gateway: `ws` if the service has no TLS. The real SDK ignores it and uses `wss`. */
  scheme: 'ws' | 'wss'
}

// ── The media gateway: `{ cmd, body, seq }`, an answer has the request's seq, a push has none ────────────────────────

export const GATEWAY_COMMAND = {
  login: 0,
  loginResponse: 1,
  heartbeat: 2,
  heartbeatResponse: 3,
  logout: 4,
  getUploadUserList: 5,
  getUploadUserListResponse: 6,
  updatePushMode: 7,
  updatePushModeResponse: 8,
  logoutResponse: 9,
  clientJoin: 20,
  clientLeave: 21,
  clientUpdate: 22,
  liveRoomClose: 23,
  kicked: 24,
  roomRefused: 25,
} as const
type GatewayCommand = (typeof GATEWAY_COMMAND)[keyof typeof GATEWAY_COMMAND]

export interface GatewayUser {
  uid: Uid
  accid: Account
  cid: Cid
  url: string
  mode: NetcallMode
}
export interface GatewayFrame {
  cmd: number
  body: unknown
  seq?: number
}
export interface GatewayLogin extends Omit<WireRecording, 'recordType'> {
  uid: Uid
  cid: Cid
  accid: Account
  /** The channel's number, as NetEase's SDK sends it. The gateway authenticates the member by the ticket in its address. */
  token: string
  mode: NetcallMode
  scene: Scene
  usertype: 2
  role?: Role
  liveEnable?: Switch
  webrtc?: Switch
  rtmpUrl?: string
  splitMode?: number
  layout?: string
  /** A string; the number 0 from an old SDK counts as "0". */
  recordType: string | number
  encryptType?: EncryptType
  encryptKey?: string
}

/** Request command → answer command, request body and answer body (always with `code`, on failure `errmsg`). */
export interface GatewayMethods {
  login: { body: GatewayLogin; answer: { code: number; errmsg?: string; userlist: GatewayUser[] } }
  heartbeat: { body: { uid: Uid; cid: Cid; statistic?: unknown }; answer: { code: number; errmsg?: string } }
  logout: { body: { uid: Uid; cid: Cid; statistic?: unknown }; answer: { code: number; errmsg?: string } }
  getUploadUserList: {
    body: { uid: Uid; cid: Cid }
    answer: { code: number; errmsg?: string; userlist: GatewayUser[] }
  }
  updatePushMode: { body: { uid: Uid; cid: Cid; mode: NetcallMode }; answer: { code: number; errmsg?: string } }
}
export type GatewayMethod = keyof GatewayMethods

/** Request name → `[request command, answer command]`. */
export const GATEWAY_METHOD = {
  login: [GATEWAY_COMMAND.login, GATEWAY_COMMAND.loginResponse],
  heartbeat: [GATEWAY_COMMAND.heartbeat, GATEWAY_COMMAND.heartbeatResponse],
  logout: [GATEWAY_COMMAND.logout, GATEWAY_COMMAND.logoutResponse],
  getUploadUserList: [GATEWAY_COMMAND.getUploadUserList, GATEWAY_COMMAND.getUploadUserListResponse],
  updatePushMode: [GATEWAY_COMMAND.updatePushMode, GATEWAY_COMMAND.updatePushModeResponse],
} as const satisfies Record<GatewayMethod, readonly [GatewayCommand, GatewayCommand]>

export interface GatewayPushes {
  clientJoin: GatewayUser
  clientLeave: { uid: Uid; accid: Account; cid: Cid }
  clientUpdate: { uid: Uid; accid: Account; cid: Cid; mode: NetcallMode }
  /** One of `ROOM_CLOSE_REASON`; clients accept any string. */
  liveRoomClose: { cid: Cid; reason: string }
  /** A `KickReason`; clients accept any string. */
  kicked: { cid: Cid; reason: string }
  roomRefused: { cid: Cid; reason: string }
}
export type GatewayPush = keyof GatewayPushes
