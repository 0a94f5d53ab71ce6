/** Events and effects of `transition`. */
import type { ControlCommand, NetcallMode } from '../netcall/constants'
import type { Account, Cid, StreamMember, Uid } from '../netcall/types'
import type { CallKind, CallState, EndReason, LocalMedia, NetworkQuality, RecordingWish } from './state'

/** The local microphone or camera is switched. */
export type DeviceEvent =
  | { type: 'microphone'; on: boolean }
  | { type: 'camera'; on: boolean }
  /** The camera was denied or failed: the call continues without local video. */
  | { type: 'camera-failed' }
/** Events of local media, in calls and rooms. */
export type OwnMediaEvent =
  | DeviceEvent
  | { type: 'flip' }
  | { type: 'speaker'; on: boolean }
  /** The app was moved to the background or interrupted by a phone call, or is back. */
  | { type: 'away'; away: boolean }
  /** Quality of the local stream. */
  | { type: 'network'; quality: NetworkQuality }

/** Taps on this phone, events of the phone itself, of the peer and of the service. */
export type CallEvent =
  | OwnMediaEvent
  | { type: 'call'; peer: Account; kind: CallKind; local: LocalMedia; keepCalling: boolean; at: number }
  /** `camera` false: the camera must not be used. */
  | { type: 'accept'; camera: boolean; at: number }
  | { type: 'reject'; at: number }
  | { type: 'hang-up'; at: number }
  | { type: 'ask-video' }
  | { type: 'answer-video'; agree: boolean }
  /** The request timed out, or its result has been shown. */
  | { type: 'video-request-over' }
  | { type: 'switch-to-audio' }
  /** The end has been shown. */
  | { type: 'dismiss' }
  /** Not answered within 30 s. */
  | { type: 'time-out'; at: number }
  | { type: 'fail'; reason: EndReason; at: number }
  | {
      type: 'be-calling'
      caller: Account
      cid: Cid
      kind: CallKind
      local: LocalMedia
      peerRecords: boolean
      /** If both sides call each other: whether the local call is the one to be cancelled. */
      givesWay: boolean
      /** The account is in a room. */
      busyElsewhere: boolean
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
  | { type: 'peer-hang-up'; cid: Cid; reason?: 'peer-lost' | 'service-stopped'; at: number }
  | { type: 'control'; cid: Cid; command: ControlCommand; at: number }
  /** Logged in at the gateway, for the first time or after a reconnect. */
  | { type: 'entered'; cid: Cid; members: StreamMember[] }
  | { type: 'member-joined'; member: StreamMember }
  | { type: 'member-mode'; cid: Cid; uid: Uid; mode: NetcallMode }
  | { type: 'connection-lost'; attempt: number }
  /** The IM connection is back. Notifications sent meanwhile are lost. */
  | { type: 'im-reconnected' }
  | { type: 'peer-recording'; cid: Cid; wish: RecordingWish }
  | { type: 'peer-network'; cid: Cid; quality: NetworkQuality }

export type EventOf<T extends CallEvent['type']> = Extract<CallEvent, { type: T }>

export type CallEffect =
  | { type: 'place-call'; peer: Account; kind: CallKind; wish: RecordingWish; keepCalling: boolean }
  | { type: 'respond'; caller: Account; cid: Cid; kind: CallKind; accepted: boolean }
  | { type: 'say-busy'; caller: Account; cid: Cid; kind: CallKind }
  | { type: 'start-rtc'; mode: NetcallMode }
  | { type: 'hang-up' }
  | { type: 'announce-recording'; peer: Account; cid: Cid; wish: RecordingWish }
  | { type: 'announce-network'; peer: Account; cid: Cid; quality: NetworkQuality }
  | { type: 'switch-mode'; mode: NetcallMode }
  | { type: 'control'; cid: Cid; command: ControlCommand }

export interface Transition {
  state: CallState
  effects: CallEffect[]
}

/** No change. */
export function unchanged(state: CallState): Transition {
  return { state, effects: [] }
}
