/** The one session state of the app: what pages show. It changes only by `transition` (see transition.ts). */
import type { NetcallMode } from '../netcall/constants'
import type { Account, Cid, Uid } from '../netcall/types'

export type CallKind = 'audio' | 'video'
export type CallDirection = 'outgoing' | 'incoming'

/** Why a call is over. Each has its own sentence in the dictionary. */
export type EndReason =
  | 'hung-up'
  | 'peer-hung-up'
  /** The other side's connection was lost, and the service waited for it in vain. */
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
  /** My connection came back when the call was over. */
  | 'call-gone'
  | 'service-unreachable'
  | 'too-often'
  | 'service-stopped'
  | 'microphone-refused'
  | 'failed'

/** What is recorded of a member, by its own wish. */
export interface RecordingWish {
  audio: boolean
  video: boolean
  /** Large in the mixed picture, and on the others' phones in a room. */
  mainSpeaker?: true
}

export type NetworkQuality = 'good' | 'fair' | 'weak'
export type CameraFacing = 'front' | 'back'

/** Turning an audio call into a video call, which the other side has to agree to. */
export type VideoRequest =
  | 'none'
  /** I asked. */
  | 'asking'
  /** The other side asks me. */
  | 'asked'
  /** The other side said no, or nothing. Shown for a while. */
  | 'declined'
  | 'unanswered'

/** My own media. */
export interface LocalMedia {
  /** Where to push; null until the gateway gives it. Fresh after each reconnect. */
  url: string | null
  mode: NetcallMode
  microphone: boolean
  camera: boolean
  facing: CameraFacing
  speaker: boolean
  /** In the background, or taken by a phone call. */
  away: boolean
  /** How well my stream goes out; null until the phone has told. */
  network: NetworkQuality | null
  /** Whatever the kind of the call: the picture counts while it is a video call. */
  recording: RecordingWish
}
/** The other side's media. */
export interface RemoteMedia {
  uid: Uid | null
  /** Where to play; null while the other side has no stream. */
  url: string | null
  mode: NetcallMode
  microphone: boolean
  camera: boolean
  away: boolean
  /** How well its stream goes out, by its own word. */
  network: NetworkQuality | null
  recording: RecordingWish
}

interface CallFacts {
  kind: CallKind
  direction: CallDirection
  peer: Account
}
/** A call with media, or on its way to them. */
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
  /** I call; the other side rings. The service gives the call its number. */
  | (CallFacts & { phase: 'outgoing'; cid: Cid | null; startedAt: number; local: LocalMedia })
  | (CallFacts & {
      phase: 'incoming'
      cid: Cid
      startedAt: number
      local: LocalMedia
      /** The caller's side says that it records. */
      peerRecords: boolean
    })
  /** Answered; the gateway is being entered. */
  | (MediaCall & { phase: 'connecting'; answeredAt: number })
  | (MediaCall & { phase: 'talking'; answeredAt: number })
  | (MediaCall & { phase: 'reconnecting'; answeredAt: number; attempt: number })
  | (CallFacts & {
      phase: 'ended'
      reason: EndReason
      /** null where the service never gave it a number. */
      cid: Cid | null
      /** When it began to ring, ms. */
      startedAt: number
      /** ms from the answer to the end; 0 when it was never answered. */
      duration: number
    })

export type CallPhase = CallState['phase']
export type OutgoingCall = Extract<CallState, { phase: 'outgoing' }>
export type IncomingCall = Extract<CallState, { phase: 'incoming' }>
export type ActiveCall = Extract<CallState, { phase: 'connecting' | 'talking' | 'reconnecting' }>
/** A call under way: whatever rings or talks. */
export type BusyCall = OutgoingCall | IncomingCall | ActiveCall

/** Whether a call of any kind is under way (a second one is then busy). */
export function isBusy(state: CallState): state is BusyCall {
  return state.phase !== 'idle' && state.phase !== 'ended'
}
/** Whether the call has media, or is about to. */
export function isActive(state: CallState): state is ActiveCall {
  return state.phase === 'connecting' || state.phase === 'talking' || state.phase === 'reconnecting'
}
/** Whether anybody's wish records anything of a call or room of this kind. */
export function isRecorded(kind: CallKind, everybody: ReadonlyArray<{ recording: RecordingWish }>): boolean {
  return everybody.some(({ recording }) => {
    const { audio, video } = wishIn(kind, recording)
    return audio || video
  })
}
/** What of a wish a call of this kind can fulfil. */
export function wishIn(kind: CallKind, wish: RecordingWish): RecordingWish {
  return { ...wish, video: wish.video && kind === 'video' }
}
