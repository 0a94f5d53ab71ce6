import { RECORD_TYPE } from '../../../miniprogram/netcall/constants'
import type { RecordingFileKind, RecordingSubject } from '../types'

/** The files and tracks that a participant requested. */
export interface Wanted {
  aac: boolean
  mp4: boolean
  /** Live recording. */
  flv: boolean
  /** Requests the call's mix. */
  mix: boolean
  /** Audio and video that may be in a mix. */
  sound: boolean
  picture: boolean
}

/**
 * Audio is stored only if requested: without `aac` an mp4 is silent. An mp4 needs video: an audio call has none, but may become a video
 * call at any time. A live recording always has both tracks.
 */
export function wantedOf({ request }: Pick<RecordingSubject, 'request'>): Wanted {
  const single = request.type !== RECORD_TYPE.RECORD_TYPE_ONLY_MIX
  return {
    aac: single && request.audio,
    mp4: single && request.video,
    flv: request.live,
    mix: request.type !== RECORD_TYPE.RECORD_TYPE_ONLY_SINGLE && (request.audio || request.video),
    sound: request.audio,
    picture: request.video,
  }
}

/** Tracks stored while the call runs. */
export function keptTracks(wanted: Wanted): { audio: boolean; video: boolean } {
  return { audio: wanted.sound || wanted.flv, video: wanted.picture || wanted.flv }
}

export function wantsAnything(wanted: Wanted): boolean {
  return wanted.sound || wanted.picture || wanted.flv
}

export function wantedKinds(wanted: Wanted): RecordingFileKind[] {
  return (['aac', 'mp4', 'flv'] as const).filter((kind) => wanted[kind])
}
