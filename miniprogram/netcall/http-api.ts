/** What the service's HTTP API answers about calls. Times are ms since 1970, lengths ms, sizes bytes. */
import type { CallType, Scene } from './constants'
import type { Account, Cid, Uid } from './types'

/** none: nothing was asked for; live: the call runs; finishing: files are being written; failed: see the notes. */
export type RecordingState = 'none' | 'live' | 'finishing' | 'done' | 'failed'
export type CallbackState = 'waiting' | 'sent' | 'failed'

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
  /** From the answer to the end; 0 when it was never answered. */
  duration: number
  recording: {
    state: RecordingState
    notes: Array<{ code: string; uid?: Uid; message: string }>
    /** How much of the mixed file is made, from 0 to 1; null while none is being made. */
    progress: number | null
    frames: ApiFrames[]
  }
  files: ApiFile[]
  /** What the app's server is told about the call, in that order. */
  callbacks: ApiCallback[]
}
/** Frame counts of a participant's recording. */
export interface ApiFrames {
  uid: Uid
  account: Account
  audio: ApiTrackFrames
  video: ApiTrackFrames
}
/** `received` equals `written` (in at least one file) plus all `dropped`, by reason. `repaired`: tags repaired by the relay, by kind. */
export interface ApiTrackFrames {
  received: number
  written: number
  dropped: Record<string, number>
  repaired: Record<string, number>
}
export interface ApiCallback {
  /** The event's own, the same at each try. */
  id: string
  /** "20" the call started, "5" its duration, "6" its files */
  eventType: string
  /** failed: given up; `POST /api/calls/:cid/callback` sends it again. */
  state: CallbackState
  attempts: number
  lastError: string | null
  /** When it is tried next; null when it is not. */
  nextAttemptAt: number | null
  sentAt: number | null
}
/**
 * `DELETE /api/calls/:cid`: the call is gone from the account's list. Its record and files go when the last member who was
 * in it has deleted it, or by the service's retention. 409 while the call runs.
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
  /** Signed and expiring; a path from the service's root. */
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
