import type { RecordingFileKind } from './types'

export interface FileIdentity {
  cid: number
  uid: number
  /** Wall clock of the participant's first publication in the call, ms. */
  origin: number
}

/** `0-<cid>-<start ms>-<uid>.aac|mp4`; further pieces of a stream that one file cannot hold end in `-1`, `-2` … */
export function fileName({ cid, uid, origin }: FileIdentity, kind: RecordingFileKind, pieceIndex: number): string {
  return `0-${cid}-${origin}-${uid}${pieceIndex > 0 ? `-${pieceIndex}` : ''}.${kind}`
}
