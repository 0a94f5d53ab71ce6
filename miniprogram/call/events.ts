/** Events and effects of `transition`. */
import type { ControlCommand, NetcallMode } from '../netcall/constants'
import type { Account, Cid, MemberRef, StreamMember, Uid } from '../netcall/types'
import type { RoomMessage, RoomWord } from './room/messages'
import type {
  CallKind,
  CallState,
  EndReason,
  Invitee,
  LocalMedia,
  NetworkQuality,
  RecordingWish,
  RoomEndReason,
  RoomRole,
} from './state'

/** The local microphone or camera is switched. */
/** Why the service ended a call that nobody hung up. */
export type CloseReason = 'peer-lost' | 'service-stopped' | 'room-closed'

export type DeviceEvent =
  | { type: 'microphone'; on: boolean }
  | { type: 'camera'; on: boolean }
  /** The camera was denied or failed: the call continues without local video. */
  | { type: 'camera-failed' }
/** Events of local media. */
export type OwnMediaEvent =
  | DeviceEvent
  | { type: 'flip' }
  | { type: 'speaker'; on: boolean }
  /** The app was moved to the background or interrupted by a phone call, or is back. */
  | { type: 'away'; away: boolean }
  /** Quality of the local stream. */
  | { type: 'network'; quality: NetworkQuality }

/** Events of both types of call: taps on this phone, and events of the phone itself, of the others and of the service. */
type SharedEvent =
  | OwnMediaEvent
  /** `camera` false: the camera must not be used. */
  | { type: 'accept'; camera: boolean; at: number }
  | { type: 'reject'; at: number }
  | { type: 'hang-up'; at: number }
  /** The end has been shown. */
  | { type: 'dismiss' }
  /** Not answered within 30 s. */
  | { type: 'time-out'; at: number }
  /** Logged in at the gateway, for the first time or after a reconnect. */
  | { type: 'entered'; cid: Cid; members: StreamMember[] }
  | { type: 'member-joined'; member: StreamMember }
  | { type: 'member-mode'; cid: Cid; uid: Uid; mode: NetcallMode }
  | { type: 'member-recording'; cid: Cid; account: Account; wish: RecordingWish }
  | { type: 'own-recording'; cid: Cid; wish: RecordingWish }
  | { type: 'member-network'; cid: Cid; account: Account; quality: NetworkQuality }
  | { type: 'control'; cid: Cid; account: Account; command: ControlCommand; at: number }
  | { type: 'connection-lost'; attempt: number }
  /** The IM connection is back. Notifications sent meanwhile are lost. */
  | { type: 'im-reconnected' }

export type OneToOneEvent =
  | { type: 'call'; peer: Account; kind: CallKind; local: LocalMedia; keepCalling: boolean; at: number }
  | {
      type: 'be-calling'
      caller: Account
      cid: Cid
      kind: CallKind
      local: LocalMedia
      peerRecords: boolean
      /** If both sides call each other: whether the local call is the one to be cancelled. */
      givesWay: boolean
      at: number
    }
  /** The service rings the callee and has assigned the channel id. */
  | { type: 'placed'; cid: Cid }
  | { type: 'call-accepted'; peer: Account; cid: Cid; at: number }
  | { type: 'call-rejected'; peer: Account; at: number }
  /** The local `response` has reached the service. */
  | { type: 'response-sent' }
  | { type: 'answered-elsewhere'; cid: Cid; accepted: boolean; at: number }
  /** `reason`: set if the service ended the call. */
  | { type: 'peer-hang-up'; cid: Cid; reason?: CloseReason; at: number }
  | { type: 'call-failed'; reason: EndReason; at: number }
  | { type: 'ask-video' }
  | { type: 'answer-video'; agree: boolean }
  /** The request timed out, or its result has been shown. */
  | { type: 'video-request-over' }
  | { type: 'switch-to-audio' }

export type RoomEvent =
  /** Opens a group call with these invited accounts. */
  | {
      type: 'call-group'
      room: string
      title: string
      kind: CallKind
      accounts: Account[]
      local: LocalMedia
      at: number
    }
  /** Joins by name; created if missing. */
  | { type: 'join'; room: string; kind: CallKind; role: RoomRole; local: LocalMedia; at: number }
  | {
      type: 'be-invited'
      room: string
      title: string
      kind: CallKind
      inviter: Account
      others: Account[]
      local: LocalMedia
      at: number
    }
  | { type: 'invite-cancelled'; room: string; by: Account; at: number }
  | { type: 'invite-answered-elsewhere'; room: string; at: number }
  /** Invites more accounts. */
  | { type: 'invite'; accounts: Account[] }
  | { type: 'invitee'; room: string; account: Account; state: Exclude<Invitee['state'], 'ringing'> }
  /** Joined. `told`: the room's properties from its creator. */
  | { type: 'joined'; cid: Cid; uid: Uid; told: RoomWord | null; at: number }
  | { type: 'member-left'; member: MemberRef }
  /** The local user speaks. */
  | { type: 'speech' }
  | { type: 'member-speaks'; room: string; account: Account; at: number }
  | { type: 'room-failed'; reason: RoomEndReason; at: number }

export type CallEvent = SharedEvent | OneToOneEvent | RoomEvent
export type EventOf<T extends CallEvent['type']> = Extract<CallEvent, { type: T }>

/** Effects of both types of call. */
type SharedEffect =
  | { type: 'hang-up' }
  | { type: 'switch-mode'; mode: NetcallMode }
  | { type: 'control'; cid: Cid; command: ControlCommand }
  | { type: 'announce-recording'; to: Account[]; cid: Cid; wish: RecordingWish }
  | { type: 'announce-network'; to: Account[]; cid: Cid; quality: NetworkQuality }

type OneToOneEffect =
  | { type: 'place-call'; peer: Account; kind: CallKind; wish: RecordingWish; keepCalling: boolean }
  | { type: 'respond'; caller: Account; cid: Cid; kind: CallKind; accepted: boolean }
  | { type: 'say-busy'; caller: Account; cid: Cid; kind: CallKind }
  | { type: 'start-rtc'; mode: NetcallMode }

export type RoomEffect =
  /** Joins. `make`: whether to create the room first, only if missing, or not at all. */
  | {
      type: 'enter'
      room: string
      title: string
      kind: CallKind
      role: RoomRole
      mode: NetcallMode
      make: 'first' | 'if-missing' | 'never'
    }
  | { type: 'send'; to: Account; message: RoomMessage }
  | { type: 'say-busy-to-inviter'; inviter: Account; room: string; title: string; kind: CallKind; at: number }

export type CallEffect = SharedEffect | OneToOneEffect | RoomEffect

export interface Transition {
  state: CallState
  effects: CallEffect[]
}

/** No change. */
export function unchanged(state: CallState): Transition {
  return { state, effects: [] }
}
