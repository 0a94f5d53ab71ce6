import { RECORD_TYPE } from '../../miniprogram/netcall/constants'
import type { RecordingFileKind, RecordingNote, RecordingSubject } from './types'

/** What a participant's request means for its own stream. */
export interface Wanted {
  aac: boolean
  mp4: boolean
  /** Part of a mixed file, which this version does not make. */
  mix: boolean
  live: boolean
}

/**
 * Sound is stored only for those who asked for it: without `aac` an mp4 is silent. An mp4 needs a picture: an audio call
 * leaves none, but may become a video call at any time.
 */
export function wantedOf({ request }: Pick<RecordingSubject, 'request'>): Wanted {
  const single = request.type !== RECORD_TYPE.RECORD_TYPE_ONLY_MIX
  return {
    aac: single && request.audio,
    mp4: single && request.video,
    mix: request.type !== RECORD_TYPE.RECORD_TYPE_ONLY_SINGLE && (request.audio || request.video),
    live: request.live,
  }
}

export function wantsAnything(wanted: Wanted): boolean {
  return wanted.aac || wanted.mp4 || wanted.mix || wanted.live
}

export function wantedKinds(wanted: Wanted): RecordingFileKind[] {
  return (['aac', 'mp4'] as const).filter((kind) => wanted[kind])
}

/** What was asked for and cannot be given: one note for the call's mix, one for each live recording. */
export function unavailableNotes(subjects: readonly RecordingSubject[]): RecordingNote[] {
  const notes: RecordingNote[] = []
  if (subjects.some((subject) => wantedOf(subject).mix)) {
    const message =
      'A mixed recording was asked for; this version records each participant separately and makes no mix.'
    notes.push({ code: 'mix-unavailable', message })
  }
  for (const { uid, account } of subjects.filter((subject) => wantedOf(subject).live)) {
    const message = `${account} asked for a live recording (rtmpRecord); this version makes none.`
    notes.push({ code: 'live-recording-unavailable', uid, message })
  }
  return notes
}
