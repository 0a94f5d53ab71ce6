/** The menu behind "more" in a video call. */
import type { Beauty, Settings } from '../../services/settings'
import type { Texts } from '../../texts/index'

export type MoreAction = { type: 'to-audio' } | { type: 'mirror'; on: boolean } | { type: 'beauty'; level: Beauty }
export interface MoreItem {
  label: string
  action: MoreAction
}

const BEAUTY_LABELS = { off: 'beautyOff', soft: 'beautySoft', strong: 'beautyStrong' } as const
const LEVELS: readonly Beauty[] = ['off', 'soft', 'strong']

/** What can be changed now: never to what it is already. */
export function moreItems({ mirror, beauty }: Pick<Settings, 'mirror' | 'beauty'>, texts: Texts<'call'>): MoreItem[] {
  const levels = LEVELS.filter((level) => level !== beauty)
  return [
    { label: texts.toAudio, action: { type: 'to-audio' } },
    { label: mirror ? texts.mirrorOff : texts.mirrorOn, action: { type: 'mirror', on: !mirror } },
    ...levels.map((level): MoreItem => ({ label: texts[BEAUTY_LABELS[level]], action: { type: 'beauty', level } })),
  ]
}
