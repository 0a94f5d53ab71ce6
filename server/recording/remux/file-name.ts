import type { RecordingFileKind } from '../types'

export interface FileIdentity {
  cid: number
  uid: number
  /** Wall clock of the participant's first publication in the call, ms. */
  origin: number
}

/** `0-<cid>-<start ms>-<uid>.aac|mp4|flv`; further pieces of a stream that one file cannot hold end in `-1`, `-2` … */
export function fileName({ cid, uid, origin }: FileIdentity, kind: RecordingFileKind, pieceIndex: number): string {
  return `0-${cid}-${origin}-${uid}${pieceIndex > 0 ? `-${pieceIndex}` : ''}.${kind}`
}

/** `0-<cid>-<start ms>-0-mix.aac|mp4`; `origin`: wall clock of the first participant's first publication, ms. */
export function mixName(cid: number, origin: number, kind: 'aac' | 'mp4'): string {
  return `0-${cid}-${origin}-0-mix.${kind}`
}

export function isMixName(name: string): boolean {
  return /^0-\d+-\d+-0-mix\.(aac|mp4)$/.test(name)
}
