import { RECORD_TYPE } from '../../miniprogram/netcall/constants'
import type { RecordingFileKind, RecordingSubject } from './types'

/** What a participant's request means for its own stream. */
export interface Wanted {
  aac: boolean
  mp4: boolean
  /** The live recording. */
  flv: boolean
  /** Asks for the call's mix. */
  mix: boolean
  /** What may be heard and seen of it in a mix that anybody asked for. */
  sound: boolean
  picture: boolean
}

/**
 * Sound is stored only for those who asked for it: without `aac` an mp4 is silent. An mp4 needs a picture: an audio call
 * leaves none, but may become a video call at any time. A live recording is the stream as it is, with both.
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

/** The tracks that are stored while the call runs. */
export function keptTracks(wanted: Wanted): { audio: boolean; video: boolean } {
  return { audio: wanted.sound || wanted.flv, video: wanted.picture || wanted.flv }
}

export function wantsAnything(wanted: Wanted): boolean {
  return wanted.sound || wanted.picture || wanted.flv
}

export function wantedKinds(wanted: Wanted): RecordingFileKind[] {
  return (['aac', 'mp4', 'flv'] as const).filter((kind) => wanted[kind])
}
