/** The call state that pages show. It changes only by `transition` (see transition.ts). */
import type { NetcallMode } from '../netcall/constants'
import type { Account, Cid, Uid } from '../netcall/types'

export type CallKind = 'audio' | 'video'
export type CallDirection = 'outgoing' | 'incoming'

/** End reasons of a call. Each has a text. */
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

interface CallFacts {
  kind: CallKind
  direction: CallDirection
  peer: Account
}
/** A call with media, or connecting. */
export interface MediaCall extends CallFacts {
  cid: Cid
  /** When it began to ring, ms. */
  startedAt: number
  local: LocalMedia
  remote: RemoteMedia
  videoRequest: VideoRequest
}

export type CallState =
  | { phase: 'idle' }
  /** Outgoing, the peer is ringing. The service assigns the channel id. */
  | (CallFacts & { phase: 'outgoing'; cid: Cid | null; startedAt: number; local: LocalMedia })
  | (CallFacts & {
      phase: 'incoming'
      cid: Cid
      startedAt: number
      local: LocalMedia
      /** The caller announced that it records. */
      peerRecords: boolean
    })
  /** Answered; connecting to the gateway. */
  | (MediaCall & { phase: 'connecting'; answeredAt: number })
  | (MediaCall & { phase: 'talking'; answeredAt: number })
  | (MediaCall & { phase: 'reconnecting'; answeredAt: number; attempt: number })
  | (CallFacts & {
      phase: 'ended'
      reason: EndReason
      /** Null if the service never assigned one. */
      cid: Cid | null
      /** When it began to ring, ms. */
      startedAt: number
      /** Time from the answer to the end, ms; 0 if it was never answered. */
      duration: number
    })

export type CallPhase = CallState['phase']
type OutgoingCall = Extract<CallState, { phase: 'outgoing' }>
type IncomingCall = Extract<CallState, { phase: 'incoming' }>
export type ActiveCall = Extract<CallState, { phase: 'connecting' | 'talking' | 'reconnecting' }>
/** An active call: ringing or connected. */
export type BusyCall = OutgoingCall | IncomingCall | ActiveCall

/** Whether a call of any kind is active; a second one is busy. */
export function isBusy(state: CallState): state is BusyCall {
  return state.phase !== 'idle' && state.phase !== 'ended'
}
/** Whether the call has media, or is connecting. */
export function isActive(state: CallState): state is ActiveCall {
  return state.phase === 'connecting' || state.phase === 'talking' || state.phase === 'reconnecting'
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
