/**
 * The netcall contract for pages: the instance, its methods and its events. Implemented by every provider (`local/`, and `yunxin/` with the
 * real SDK).
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

/** An account's number in media. A safe integer. */
export type Uid = number
/** A call's or room's number (`channelId` on the IM side, `cid` in media). */
export type Cid = number
export type Account = string
export type AccountUidMap = Record<Account, Uid>

/** On/off recording parameters. `rtmpRecord`: live recording of the member's stream (flv); `isHostSpeaker`: large in the mixed recording. */
export const RECORDING_SWITCHES = ['recordAudio', 'recordVideo', 'rtmpRecord', 'isHostSpeaker'] as const
type RecordingSwitches = Partial<Record<(typeof RECORDING_SWITCHES)[number], Switch>>

/** Recording parameters of `startRtc` and `joinChannel`. Omitted: CLOSE, and "0" for recordType. */
export interface RecordingParams extends RecordingSwitches {
  /** A string on the wire; the number 0 is accepted from older senders. */
  recordType?: RecordType | 0 | 1 | 2
}
/** The recording parameters in the gateway's login. */
export interface WireRecording extends RecordingSwitches {
  recordAudio: Switch
  recordVideo: Switch
  rtmpRecord: Switch
  recordType: RecordType
}

export interface CallParams {
  type: CallType
  callee: Account | Account[]
  pushConfig?: { custom?: string }
  /** Keep calling an offline callee: it rings once it is online. */
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

/** A member with its stream: for the local user `url` is the push URL, for others the play URL. */
export interface StreamMember {
  uid: Uid
  account: Account
  cid: Cid
  url: string
  mode: NetcallMode
}
export type MemberRef = Omit<StreamMember, 'url' | 'mode'>
type MemberUpdate = MemberRef & { mode: NetcallMode; url?: string }

interface NetcallErrorEvent {
  code: number
  message: string
}

/** Event name → payload. */
export interface NetcallEvents {
  /** An incoming call; repeated every 3 s while the caller keeps calling. */
  beCalling: { caller: Account; cid: Cid; type: CallType; custom?: string }
  callAccepted: { account: Account; cid: Cid; type: CallType }
  callRejected: { account: Account; cid: Cid; type: CallType }
  /** Another device of the account answered. */
  callerAckSync: { timetag: number; cid: Cid; type: CallType; accepted: boolean; fromClientType: number }
  /** The peer hung up or left (P2P). */
  hangup: { cid: Cid; timetag: number; account: Account }
  control: { cid: Cid; account: Account; command: ControlCommand }
  /** The IM side reports that an account got a uid in the room. */
  joinChannel: MemberRef
  /** Logged in at the gateway. Emitted again with new URLs after a reconnect. */
  syncDone: { code: 200; userlist: StreamMember[]; connectCount: number }
  clientJoin: StreamMember
  clientUpdate: MemberUpdate
  /** A member left (rooms only; in P2P it becomes `hangup`). */
  clientLeave: MemberRef
  liveRoomClose: { cid: Cid; reason: string }
  kicked: { cid: Cid; reason: string }
  /** The gateway connection was lost; attempt number `count` follows. */
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
  /** Phase: none, a ringing call, or a session with media. */
  phase: 'idle' | 'calling' | 'ringing' | 'session'
  cid: Cid | null
  uid: Uid | null
  mode: NetcallMode | null
  /** Whether the gateway is connected. */
  connected: boolean
}

/**
 * The instance. All methods except the emitter's return a Promise; a missing or invalid field rejects with a `NetcallError` that names it.
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
  /** Removes all listeners. */
  eventReset(): void
}
