/** The "more" menu of a video call or room. */
import type { Beauty, Settings } from '../../services/settings'
import type { Texts } from '../../texts/index'

export type MoreAction = { type: 'to-audio' } | { type: 'mirror'; on: boolean } | { type: 'beauty'; level: Beauty }
interface MoreItem {
  label: string
  action: MoreAction
}

const BEAUTY_LABELS = { off: 'beautyOff', soft: 'beautySoft', strong: 'beautyStrong' } as const
const LEVELS: readonly Beauty[] = ['off', 'soft', 'strong']

/** Available changes: never to the current state. */
export function moreItems({ mirror, beauty }: Pick<Settings, 'mirror' | 'beauty'>, texts: Texts<'call'>): MoreItem[] {
  const levels = LEVELS.filter((level) => level !== beauty)
  return [
    { label: texts.toAudio, action: { type: 'to-audio' } },
    { label: mirror ? texts.mirrorOff : texts.mirrorOn, action: { type: 'mirror', on: !mirror } },
    ...levels.map((level): MoreItem => ({ label: texts[BEAUTY_LABELS[level]], action: { type: 'beauty', level } })),
  ]
}

/** Shows the menu; `choose` is called with the tapped item, if any. */
export function showMenu(items: readonly MoreItem[], choose: (action: MoreAction) => void): void {
  wx.showActionSheet({
    itemList: items.map(({ label }) => label),
    success: ({ tapIndex }) => {
      const item = items[tapIndex]
      if (item) choose(item.action)
    },
  })
}
