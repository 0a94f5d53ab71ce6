/** What the recorder offers to the rest of the service. */
import type { RecordType } from '../../miniprogram/netcall/constants'
import type { StreamName } from '../media/types'
import type { FrameAccount } from './frame-account'

/** What one participant asked for, as the gateway's login carried it. */
export interface RecordingRequest {
  audio: boolean
  video: boolean
  /** Live recording (flv). */
  live: boolean
  type: RecordType
  hostSpeaker: boolean
}

/** A participant whose stream may be recorded. */
export interface RecordingSubject {
  cid: number
  uid: number
  account: string
  caller: boolean
  request: RecordingRequest
}

export type RecordingFileKind = 'aac' | 'mp4' | 'flv'
/** A finished file. */
export interface RecordingFile {
  cid: number
  /** 0 for a mix. */
  uid: number
  /** Whose stream it is; of a mix, who asked for it first. */
  account: string
  caller: boolean
  kind: RecordingFileKind
  /** `0-<cid>-<start ms>-<uid>.aac|mp4|flv`, a mix `0-<cid>-<start ms>-0-mix.aac|mp4` */
  filename: string
  /** Bytes. */
  size: number
  /** Hex of the whole file. */
  md5: string
  /** ms */
  duration: number
  mix: boolean
  /** From 0; more than one where one file could not hold the stream. */
  pieceIndex: number
}

export interface MadeFiles {
  files: RecordingFile[]
  /** What could not be given, in words for the record: a mix without an ffmpeg, a stream that could not be finished. */
  notes: RecordingNote[]
}
export interface FinishedRecording extends MadeFiles {
  frames: FrameAccount[]
}
export interface RecordingNote {
  /** `mix-unavailable`: there is no ffmpeg. */
  code: 'mix-unavailable' | 'mix-failed' | 'unfinished'
  uid?: number
  message: string
}

export interface Recording {
  /**
   * Finishes the call's files, once all its streams have ended. Never rejects for one bad stream: it becomes a note.
   * May be repeated, into the same files, until the call is released.
   */
  finish(cid: number): Promise<FinishedRecording>
  /**
   * Makes the mix of a call that was finished just now, if anybody asked for one. Rejects only with a `MixEnded`, when the
   * recording is closed meanwhile: the mix is then made after the next start.
   */
  mix(cid: number): Promise<MadeFiles>
  /** How much of the call's mix is made, from 0 to 1; null while none is being made. */
  progress(cid: number): number | null
  /** Something about a member may have changed: its mode, or whether it is in the call. */
  noticed(name: StreamName): void
  /** The call's finished files are stored: deletes what they were made from. Never rejects. */
  release(cid: number): Promise<void>
  /** Calls whose spool was left by a service that died; the caller finishes them. */
  leftovers(): Promise<number[]>
  /** Bytes of what is kept beside finished files: what is being received, and what files are made from. */
  unfinishedSize(): Promise<number>
  /** Whether a stream of that call is being written now. */
  isRecording(cid: number): boolean
  close(): Promise<void>
}
