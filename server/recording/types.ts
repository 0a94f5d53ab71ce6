/** The recorder's interface for the rest of the service. */
import { z } from 'zod'
import { RECORD_TYPE } from '../../miniprogram/netcall/constants'
import type { StreamName } from '../media/types'
import type { FrameAccount } from './frame-account'

/** A participant's recording request, from the gateway's login. `live`: live recording (flv). */
export const recordingRequest = z.object({
  audio: z.boolean(),
  video: z.boolean(),
  live: z.boolean(),
  type: z.enum(RECORD_TYPE),
  hostSpeaker: z.boolean(),
})
export type RecordingRequest = z.infer<typeof recordingRequest>

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
  /** The stream's account; for a mix, the first account that asked for it. */
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
  /** From 0; more than one if one file cannot hold the stream. */
  pieceIndex: number
}

export interface MadeFiles {
  files: RecordingFile[]
  /** Something that is missing, as text for the record: a mix without ffmpeg, a stream that could not be finished. */
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
   * Finishes the call's files after all its streams have ended. Never rejects because of one stream: it becomes a note. May be repeated
   * with the same result until the call is released.
   */
  finish(cid: number): Promise<FinishedRecording>
  /**
   * Makes the mix of a finished call, if any participant asked for one. Rejects only with a `MixEnded` if the recording is closed
   * meanwhile; the mix is then made after the next start.
   */
  mix(cid: number): Promise<MadeFiles>
  /** Progress of the call's mix, from 0 to 1; null while none is being made. */
  progress(cid: number): number | null
  /** A member may have changed: its mode, or whether it is in the call. */
  noticed(name: StreamName): void
  /** A member's recording request changed: its running stream is recorded accordingly from now on. */
  rerecord(name: StreamName): void
  /** The call's finished files are stored: deletes their sources. Never rejects. */
  release(cid: number): Promise<void>
  /** Calls whose spool was left by a crashed service; to be finished by the caller. */
  leftovers(): Promise<number[]>
  /** Bytes besides finished files: of running recordings, and of sources. */
  unfinishedSize(): Promise<number>
  /** Whether a stream of the call is being recorded. */
  isRecording(cid: number): boolean
  close(): Promise<void>
}
