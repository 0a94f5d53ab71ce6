/** The call state that pages show: idle, a one-to-one call or a group call in a room. It changes only by `transition` (see transition.ts). */
import type { NetcallMode } from '../netcall/constants'
import type { Account, Cid, Uid } from '../netcall/types'

export type CallKind = 'audio' | 'video'
export type CallDirection = 'outgoing' | 'incoming'

/** End reasons of a one-to-one call. Each has a text. */
export type EndReason =
  | 'hung-up'
  | 'peer-hung-up'
  /** The peer's connection was lost and did not come back in time. */
  | 'peer-lost'
  | 'cancelled'
  | 'peer-cancelled'
  | 'rejected'
  | 'peer-rejected'
  | 'peer-busy'
  | 'no-answer'
  | 'missed'
  | 'peer-offline'
  | 'answered-elsewhere'
  | 'rejected-elsewhere'
  | 'kicked'
  | 'refused'
  | 'room-closed'
  | 'connection-lost'
  /** The connection came back after the call had ended. */
  | 'call-gone'
  | 'service-unreachable'
  | 'too-often'
  | 'service-stopped'
  | 'microphone-refused'
  /** There was no page for its media, and none could be opened. */
  | 'no-page'
  | 'failed'

/** End reasons of a room. Each has a text. */
export type RoomEndReason =
  | 'left'
  | 'declined'
  | 'missed'
  | 'inviter-cancelled'
  | 'answered-elsewhere'
  | 'room-full'
  | 'room-closed'
  /** The connection came back after the room was left. */
  | 'room-gone'
  /** Another device of the account joined. */
  | 'replaced'
  | 'kicked'
  | 'refused'
  | 'connection-lost'
  | 'service-unreachable'
  | 'too-often'
  | 'service-stopped'
  | 'microphone-refused'
  /** There was no page for its media, and none could be opened. */
  | 'no-page'
  | 'failed'

/** Which of a member's media the service records, by that member's settings. */
export interface RecordingWish {
  audio: boolean
  video: boolean
  /** Large in the composite recording, and on the other phones in a room. */
  mainSpeaker?: true
}

export type NetworkQuality = 'good' | 'fair' | 'weak'
export type CameraFacing = 'front' | 'back'

/** Request to turn an audio call into a video call; the peer has to agree. */
export type VideoRequest =
  | 'none'
  /** Requested by this side. */
  | 'asking'
  /** Requested by the peer. */
  | 'asked'
  /** Rejected or timed out. Shown for a while. */
  | 'declined'
  | 'unanswered'

/** Local media. */
export interface LocalMedia {
  /** Push URL; null until the gateway has sent it. New after each reconnect. */
  url: string | null
  mode: NetcallMode
  microphone: boolean
  camera: boolean
  facing: CameraFacing
  speaker: boolean
  /** In the background, or interrupted by a phone call. */
  away: boolean
  /** Quality of the local stream; null until known. */
  network: NetworkQuality | null
  /** Independent of the call type: video is only sent in a video call. */
  recording: RecordingWish
}
/** The peer's media. */
export interface RemoteMedia {
  uid: Uid | null
  /** Play URL; null while the peer has no stream. */
  url: string | null
  mode: NetcallMode
  microphone: boolean
  camera: boolean
  away: boolean
  /** Quality of its stream as announced by the peer. */
  network: NetworkQuality | null
  recording: RecordingWish
}

interface OneToOneFacts {
  type: 'one-to-one'
  kind: CallKind
  direction: CallDirection
  peer: Account
  /** When it began to ring, ms. */
  startedAt: number
}
/** A one-to-one call with media, or connecting. */
interface MediaCall extends OneToOneFacts {
  cid: Cid
  local: LocalMedia
  remote: RemoteMedia
  videoRequest: VideoRequest
  answeredAt: number
}

export type OneToOneState =
  /** The peer is ringing. The service assigns the channel id. */
  | (OneToOneFacts & { phase: 'outgoing'; cid: Cid | null; local: LocalMedia })
  /** `peerRecords`: the caller announced that it records. */
  | (OneToOneFacts & { phase: 'incoming'; cid: Cid; local: LocalMedia; peerRecords: boolean })
  /** Answered; connecting to the gateway. */
  | (MediaCall & { phase: 'connecting' })
  | (MediaCall & { phase: 'talking' })
  | (MediaCall & { phase: 'reconnecting'; attempt: number })
  | (OneToOneFacts & {
      phase: 'ended'
      reason: EndReason
      /** Null if the service never assigned one. */
      cid: Cid | null
      /** Time from the answer to the end, ms; 0 if it was never answered. */
      duration: number
    })

/** Default maximum of members of a room, the local user included. */
export const ROOM_LIMIT = 9
/** Number of streams that every phone can handle, its own included: above that, Android has silent or black streams. */
export const STREAMS_EVERYWHERE = 6

/** Hosts publish; the audience only plays. */
export type RoomRole = 'host' | 'audience'

/** Another member of a room; audience members have no stream. */
export interface RoomMember extends RemoteMedia {
  uid: Uid
  account: Account
  /** When it last announced that it speaks, ms; 0 if never. Members that play its stream hear it. */
  spokeAt: number
}
/** An invited account that has not joined. */
export interface Invitee {
  account: Account
  state: 'ringing' | 'declined' | 'busy' | 'no-answer' | 'offline'
}

interface RoomFacts {
  type: 'room'
  /** The channel's name. */
  room: string
  title: string
  kind: CallKind
  /** When it began to ring, or joining began, ms. */
  startedAt: number
  /** The inviter; null if created or joined by name. */
  inviter: Account | null
}
interface InRoom extends RoomFacts {
  cid: Cid
  uid: Uid
  role: RoomRole
  local: LocalMedia
  /** In joining order. */
  members: readonly RoomMember[]
  invitees: readonly Invitee[]
  joinedAt: number
}

export type RoomState =
  /** An incoming invitation; `others`: invited accounts and members. */
  | (RoomFacts & { phase: 'invited'; inviter: Account; others: readonly Account[]; local: LocalMedia })
  | (RoomFacts & { phase: 'joining'; role: RoomRole; local: LocalMedia; invitees: readonly Invitee[] })
  | (InRoom & { phase: 'in' })
  | (InRoom & { phase: 'reconnecting'; attempt: number })
  | (RoomFacts & {
      phase: 'ended'
      reason: RoomEndReason
      /** Null if the service never assigned one. */
      cid: Cid | null
      /** Time from joining to the end, ms; 0 if it never joined. */
      duration: number
    })

/** One state: a one-to-one call and a room cannot be active at the same time. */
export type CallState = { phase: 'idle'; type?: undefined } | OneToOneState | RoomState

export type BusyCall = Exclude<CallState, { phase: 'idle' | 'ended' }>
export type BusyOneToOne = Extract<BusyCall, { type: 'one-to-one' }>
export type BusyRoom = Extract<BusyCall, { type: 'room' }>
export type EndedCall = Extract<CallState, { phase: 'ended' }>
export type ActiveCall = Extract<OneToOneState, { phase: 'connecting' | 'talking' | 'reconnecting' }>
export type ActiveRoom = Extract<RoomState, { phase: 'in' | 'reconnecting' }>

/** Whether a call of any type is active: ringing or connected. A second one is busy. */
export function isBusy(state: CallState): state is BusyCall {
  return state.phase !== 'idle' && state.phase !== 'ended'
}
/** Whether a one-to-one call is ringing or connected. */
export function isBusyOneToOne(state: CallState): state is BusyOneToOne {
  return state.type === 'one-to-one' && isBusy(state)
}
/** Whether the user is in a room, joining one, or invited. */
export function isBusyRoom(state: CallState): state is BusyRoom {
  return state.type === 'room' && isBusy(state)
}
/** Whether this is a one-to-one call that has media, or is connecting. */
export function isActive(state: CallState): state is ActiveCall {
  if (state.type !== 'one-to-one') return false
  return state.phase === 'connecting' || state.phase === 'talking' || state.phase === 'reconnecting'
}
/** Whether the user is in a room. */
export function isInRoom(state: CallState): state is ActiveRoom {
  return state.type === 'room' && (state.phase === 'in' || state.phase === 'reconnecting')
}
/** Whether any member's settings record something in a call or room of this type. */
export function isRecorded(kind: CallKind, everybody: ReadonlyArray<{ recording: RecordingWish }>): boolean {
  return everybody.some(({ recording }) => {
    const { audio, video } = wishIn(kind, recording)
    return audio || video
  })
}
/** The part of the recording settings that applies to a call of this type. */
export function wishIn(kind: CallKind, wish: RecordingWish): RecordingWish {
  return { ...wish, video: wish.video && kind === 'video' }
}
