import type { CallKind } from '../../call/state'
import { RECORD_TYPE } from '../../netcall/constants'
import type { Settings } from '../../services/settings'
import type { Texts } from '../../texts/index'

/**
 * The files that a call leaves with these settings, in words. The sound is kept as .aac and in the .mp4; an audio call
 * has no .mp4 of its own, and a mix of either kind needs something that is recorded.
 */
export function leaves(settings: Settings, kind: CallKind, words: Texts<'settings'>): string {
  const picture = settings.recordVideo && kind === 'video'
  if (!settings.recordAudio && !picture) return words.nothing
  const files: string[] = []
  if (settings.recordType !== RECORD_TYPE.RECORD_TYPE_ONLY_MIX) {
    if (settings.recordAudio) files.push(words.ownAac)
    if (picture) files.push(settings.recordAudio ? words.ownMp4 : words.ownSilentMp4)
  }
  if (settings.recordType !== RECORD_TYPE.RECORD_TYPE_ONLY_SINGLE) files.push(words.mixedMp4)
  return files.join(words.and)
}
