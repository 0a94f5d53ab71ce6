/** The service's HTTP API about calls. Times are ms since 1970, lengths ms, sizes bytes. */
import type { CallType, Scene } from './constants'
import type { Account, Cid, Uid } from './types'

/** none: not requested; live: the call runs; finishing: files are being made; failed: see the notes. */
export type RecordingState = 'none' | 'live' | 'finishing' | 'done' | 'failed'
type CallbackState = 'waiting' | 'sent' | 'failed'

/** `GET /api/calls/:cid`; an item of `GET /api/calls`. */
export interface ApiCall {
  cid: Cid
  scene: Scene
  type: CallType
  /** Room name, for rooms. */
  name: string | null
  caller: Account
  members: Array<{ account: Account; uid: Uid; joinedAt: number | null; leftAt: number | null }>
  createdAt: number
  answeredAt: number | null
  endedAt: number | null
  endReason: string | null
  /** From the answer to the end; 0 if it was never answered. */
  duration: number
  recording: {
    state: RecordingState
    notes: Array<{ code: string; uid?: Uid; message: string }>
    /** Progress of the mixed file, from 0 to 1; null while none is being made. */
    progress: number | null
    frames: ApiFrames[]
  }
  files: ApiFile[]
  /** Callbacks to the app's server about the call, in order. */
  callbacks: ApiCallback[]
}
/** Frame counts of a participant's recording. */
interface ApiFrames {
  uid: Uid
  account: Account
  audio: ApiTrackFrames
  video: ApiTrackFrames
}
/** `received` equals `written` (in at least one file) plus all `dropped`, by reason. `repaired`: tags repaired by the relay, by kind. */
interface ApiTrackFrames {
  received: number
  written: number
  dropped: Record<string, number>
  repaired: Record<string, number>
}
export interface ApiCallback {
  /** The event's own id, the same at each attempt. */
  id: string
  /** "20" the call started, "5" its duration, "6" its files */
  eventType: string
  /** failed: given up; `POST /api/calls/:cid/callback` sends it again. */
  state: CallbackState
  attempts: number
  lastError: string | null
  /** Time of the next attempt; null if there is none. */
  nextAttemptAt: number | null
  sentAt: number | null
}
/**
 * `DELETE /api/calls/:cid`: removes the call from the account's list. Its record and files are deleted when the last member has deleted it,
 * or by retention. 409 while the call runs.
 */
export interface ApiDeletion {
  cid: Cid
}
/** An item of `GET /api/recordings`. */
export interface ApiFile {
  cid: Cid
  uid: Uid
  account: Account
  kind: 'aac' | 'mp4' | 'flv'
  filename: string
  size: number
  duration: number
  md5: string
  mix: boolean
  /** Signed and expiring; relative to the service's root. */
  url: string
}
/** `GET /api/calls` */
export interface ApiCalls {
  calls: ApiCall[]
}
/** `GET /api/recordings`, newest call first. */
export interface ApiRecordings {
  recordings: ApiFile[]
}
