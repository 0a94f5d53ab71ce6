/** What can happen to a call, and what has to be done because of it: the two sides of `transition`. */
import type { ControlCommand, NetcallMode } from '../netcall/constants'
import type { Account, Cid, StreamMember, Uid } from '../netcall/types'
import type { CallKind, CallState, EndReason, LocalMedia, NetworkQuality, RecordingWish } from './state'

/** My microphone or camera goes on or off. */
export type DeviceEvent =
  | { type: 'microphone'; on: boolean }
  | { type: 'camera'; on: boolean }
  /** It was refused or does not work: it goes on without a picture of mine. */
  | { type: 'camera-failed' }
/** What happens to my own media, in a call or a room. */
export type OwnMediaEvent =
  | DeviceEvent
  | { type: 'flip' }
  | { type: 'speaker'; on: boolean }
  /** The mini-program went to the background, or a phone call took its sound; and back. */
  | { type: 'away'; away: boolean }
  /** How well my own stream goes out. */
  | { type: 'network'; quality: NetworkQuality }

/** Taps on this phone, what the phone itself does, and events from the other side and the service. */
export type CallEvent =
  | OwnMediaEvent
  | { type: 'call'; peer: Account; kind: CallKind; local: LocalMedia; keepCalling: boolean; at: number }
  /** `camera` false: it may not be used. */
  | { type: 'accept'; camera: boolean; at: number }
  | { type: 'reject'; at: number }
  | { type: 'hang-up'; at: number }
  | { type: 'ask-video' }
  | { type: 'answer-video'; agree: boolean }
  /** Nobody answered in time, or the answer has been shown. */
  | { type: 'video-request-over' }
  | { type: 'switch-to-audio' }
  /** The end has been shown. */
  | { type: 'dismiss' }
  /** 30 s without an answer. */
  | { type: 'time-out'; at: number }
  | { type: 'fail'; reason: EndReason; at: number }
  | {
      type: 'be-calling'
      caller: Account
      cid: Cid
      kind: CallKind
      local: LocalMedia
      peerRecords: boolean
      /** Should we be calling each other: whether mine is the call that gives way. */
      givesWay: boolean
      /** I am in a room. */
      busyElsewhere: boolean
      at: number
    }
  /** The service rings the other side, and has given my call its number. */
  | { type: 'placed'; cid: Cid }
  | { type: 'call-accepted'; peer: Account; cid: Cid; at: number }
  | { type: 'call-rejected'; peer: Account; at: number }
  /** My `response` has reached the service. */
  | { type: 'response-sent' }
  | { type: 'answered-elsewhere'; cid: Cid; accepted: boolean; at: number }
  /** `reason`: the service ended it, and says why. */
  | { type: 'peer-hang-up'; cid: Cid; reason?: 'peer-lost' | 'service-stopped'; at: number }
  | { type: 'control'; cid: Cid; command: ControlCommand; at: number }
  /** The gateway let me in, the first time or again. */
  | { type: 'entered'; cid: Cid; members: StreamMember[] }
  | { type: 'member-joined'; member: StreamMember }
  | { type: 'member-mode'; cid: Cid; uid: Uid; mode: NetcallMode }
  | { type: 'link-lost'; attempt: number }
  /** The IM connection is back. Notices sent while it was down are lost. */
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
  | { type: 'tell-recording'; peer: Account; cid: Cid; wish: RecordingWish }
  | { type: 'tell-network'; peer: Account; cid: Cid; quality: NetworkQuality }
  | { type: 'switch-mode'; mode: NetcallMode }
  | { type: 'control'; cid: Cid; command: ControlCommand }

export interface Transition {
  state: CallState
  effects: CallEffect[]
}

/** Nothing changes. */
export function stay(state: CallState): Transition {
  return { state, effects: [] }
}
