/**
 * The netcall contract as a page sees it: the instance, its methods and its events.
 * Every provider (`local/`, and `yunxin/` with the real SDK) implements `Netcall`.
 */
import type {
  CallType,
  ControlCommand,
  DisconnectCode,
  EncryptType,
  NetcallConstants,
  NetcallMode,
  RecordType,
  Role,
  Switch,
} from './constants'

/** An account's number in media matters. An integer that JavaScript holds exactly. */
export type Uid = number
/** A call's or room's number (`channelId` on the IM side, `cid` in media matters). */
export type Cid = number
export type Account = string
export type AccountUidMap = Record<Account, Uid>

/** What a session records, as `startRtc` and `joinChannel` take it. Left out means CLOSE, and "0" for recordType. */
export interface RecordingParams {
  recordAudio?: Switch
  recordVideo?: Switch
  /** Live recording of the member's stream (flv). */
  rtmpRecord?: Switch
  /** A string on the wire; the number 0 is accepted because old senders use it. */
  recordType?: RecordType | 0 | 1 | 2
  /** 1 makes this member the large picture of the mixed recording. */
  isHostSpeaker?: Switch
}

export interface CallParams {
  type: CallType
  callee: Account | Account[]
  pushConfig?: { custom?: string }
  /** Keep calling a callee who is offline: it rings when they come online. */
  forceKeepCalling?: boolean
}
export interface ResponseParams {
  caller: Account
  accepted: boolean
  type: CallType
  cid: Cid
}
export interface StartRtcParams extends RecordingParams {
  mode: NetcallMode
}
export interface ControlParams {
  command: ControlCommand
  cid?: Cid
}
export interface CreateChannelParams {
  channelName: string
  custom?: string
}
export interface JoinChannelParams extends RecordingParams {
  channelName: string
  mode: NetcallMode
  role: Role
  liveEnable?: Switch
}

export interface Self {
  uid: Uid
  cid: Cid
  account: Account
}
export interface JoinedChannel extends Self {
  accountUidMap: AccountUidMap
  custom?: string
}

/** A member with its stream: my own `url` is where I push, another member's is where I play. */
export interface StreamMember {
  uid: Uid
  account: Account
  cid: Cid
  url: string
  mode: NetcallMode
}
export type MemberRef = Omit<StreamMember, 'url' | 'mode'>
export type MemberUpdate = MemberRef & { mode: NetcallMode; url?: string }

export interface NetcallErrorEvent {
  code: number
  message: string
}

/** Event name → payload. */
export interface NetcallEvents {
  /** Someone calls me; comes again every 3 s while they keep calling. */
  beCalling: { caller: Account; cid: Cid; type: CallType; custom?: string }
  callAccepted: { account: Account; cid: Cid; type: CallType }
  callRejected: { account: Account; cid: Cid; type: CallType }
  /** Another device of mine answered. */
  callerAckSync: { timetag: number; cid: Cid; type: CallType; accepted: boolean; fromClientType: number }
  /** The other side hung up or left (P2P). */
  hangup: { cid: Cid; timetag: number; account: Account }
  control: { cid: Cid; account: Account; command: ControlCommand }
  /** The IM side says that an account got a uid in my room. */
  joinChannel: MemberRef
  /** The gateway let me in. After a reconnect it comes again with fresh urls. */
  syncDone: { code: 200; userlist: StreamMember[]; connectCount: number }
  clientJoin: StreamMember
  clientUpdate: MemberUpdate
  /** A member left (rooms only; in P2P it becomes `hangup`). */
  clientLeave: MemberRef
  liveRoomClose: { cid: Cid; reason: string }
  kicked: { cid: Cid; reason: string }
  /** The gateway link broke; retry number `count` follows. */
  willreconnect: { count: number }
  sendCommandOverTime: { cmd: number }
  disconnect: { code: DisconnectCode; desc: string }
  sessionStart: { cid: Cid }
  open: { cid: Cid }
  close: { cid: Cid }
  error: NetcallErrorEvent
}
export type NetcallEventName = keyof NetcallEvents
export type Listener<T> = (payload: T) => void

/** A copy of the instance's state, for diagnosis. */
export interface NetcallStatus {
  account: Account
  /** What the session is at: none, a call that rings, or a session with media. */
  phase: 'idle' | 'calling' | 'ringing' | 'session'
  cid: Cid | null
  uid: Uid | null
  mode: NetcallMode | null
  /** Whether the gateway link is up. */
  connected: boolean
}

/**
 * The instance. All methods but the emitter's return a Promise; a missing or wrong field rejects with a `NetcallError`
 * that names it.
 */
export interface Netcall extends NetcallConstants {
  call(params: CallParams): Promise<AccountUidMap>
  response(params: ResponseParams): Promise<void>
  startRtc(params: StartRtcParams): Promise<Self>
  hangup(): Promise<void>
  control(params: ControlParams): Promise<void>
  createChannel(params: CreateChannelParams): Promise<{ timetag: number }>
  joinChannel(params: JoinChannelParams): Promise<JoinedChannel>
  leaveChannel(): Promise<void>
  switchMode(mode: NetcallMode): Promise<void>
  getStatus(): Promise<NetcallStatus>
  setEncryptType(type: EncryptType): Promise<void>
  setEncryptKey(key: string): Promise<void>
  on<E extends NetcallEventName>(event: E, listener: Listener<NetcallEvents[E]>): void
  off<E extends NetcallEventName>(event: E, listener: Listener<NetcallEvents[E]>): void
  once<E extends NetcallEventName>(event: E, listener: Listener<NetcallEvents[E]>): void
  emit<E extends NetcallEventName>(event: E, payload: NetcallEvents[E]): void
  /** Drops every listener. */
  eventReset(): void
}
