/** The one session state of the app: what pages show. It changes only by `transition` (see transition.ts). */
import type { NetcallMode } from '../netcall/constants'
import type { Account, Cid, Uid } from '../netcall/types'

export type CallKind = 'audio' | 'video'
export type CallDirection = 'outgoing' | 'incoming'

/** Why a call is over. Each has its own sentence in the dictionary. */
export type EndReason =
  | 'hung-up'
  | 'peer-hung-up'
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
  | 'service-unreachable'
  | 'microphone-refused'
  | 'failed'

/** What is recorded of a member, by its own wish. */
export interface RecordingWish {
  audio: boolean
  video: boolean
}

/** My own media. */
export interface LocalMedia {
  /** Where to push; null until the gateway gives it. Fresh after each reconnect. */
  url: string | null
  mode: NetcallMode
  microphone: boolean
  camera: boolean
  speaker: boolean
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
  local: LocalMedia
  remote: RemoteMedia
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
      /** ms from the answer to the end; 0 when it was never answered. */
      duration: number
    })

export type CallPhase = CallState['phase']
export type OutgoingCall = Extract<CallState, { phase: 'outgoing' }>
export type IncomingCall = Extract<CallState, { phase: 'incoming' }>
export type ActiveCall = Extract<CallState, { phase: 'connecting' | 'talking' | 'reconnecting' }>

/** Whether a call of any kind is under way (a second one is then busy). */
export function isBusy(state: CallState): boolean {
  return state.phase !== 'idle' && state.phase !== 'ended'
}
/** Whether the call has media, or is about to. */
export function isActive(state: CallState): state is ActiveCall {
  return state.phase === 'connecting' || state.phase === 'talking' || state.phase === 'reconnecting'
}
/** Whether either side's wish records anything. */
export function isRecorded(call: MediaCall): boolean {
  const { local, remote } = call
  return local.recording.audio || local.recording.video || remote.recording.audio || remote.recording.video
}
