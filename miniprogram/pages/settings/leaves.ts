import type { CallKind } from '../../call/state'
import { RECORD_TYPE } from '../../netcall/constants'
import type { Settings } from '../../services/settings'
import type { Texts } from '../../texts/index'

/** Keys of the settings texts. */
type FileText = 'ownAac' | 'ownMp4' | 'ownSilentMp4' | 'mixedAac' | 'mixedMp4'

/**
 * The files that these settings produce in a call. Audio is in the .aac and the .mp4; an audio call has no video, so no .mp4; without any
 * recording there is no mix either.
 */
export function leaves(settings: Settings, kind: CallKind): FileText[] {
  const { recordAudio: sound, recordType } = settings
  const picture = settings.recordVideo && kind === 'video'
  const files: FileText[] = []
  if (recordType !== RECORD_TYPE.RECORD_TYPE_ONLY_MIX) {
    if (sound) files.push('ownAac')
    if (picture) files.push(sound ? 'ownMp4' : 'ownSilentMp4')
  }
  if (recordType !== RECORD_TYPE.RECORD_TYPE_ONLY_SINGLE) {
    if (picture) files.push('mixedMp4')
    else if (sound) files.push('mixedAac')
  }
  return files
}

/** The same as text. */
export function leavesInWords(settings: Settings, kind: CallKind, words: Texts<'settings'>): string {
  const files = leaves(settings, kind)
  return files.length === 0 ? words.nothing : files.map((file) => words[file]).join(words.comma)
}
