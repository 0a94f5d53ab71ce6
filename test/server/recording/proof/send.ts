/** Input of a member's phone. */
import type { MediaTag } from '../../../../server/media/types'
import { memberOf, pictureOf, soundOf } from './members'
import type { Plan, Stretch } from './plan'

/** The ranges of one publication, from its own second 0, in sending order. */
export function sentIn(
  stretches: readonly Stretch[],
  uid: number,
  { keyInterval }: Pick<Plan, 'keyInterval'> = {},
): MediaTag[] {
  const member = memberOf(uid)
  const seconds = Math.max(0, ...stretches.map(({ to, published }) => to - published))
  const tags: MediaTag[] = []
  for (const stretch of stretches) {
    const start = (stretch.from - stretch.published) * 1000
    if (stretch.picture !== 'none') {
      const source = pictureOf(member, stretch.shape, {
        seconds,
        dark: stretch.picture === 'dark',
        ...(keyInterval !== undefined && { keyInterval }),
      })
      tags.push(
        ...source.filter(({ kind }) => kind === 'video-config').map((tag) => ({ ...tag, timestamp: start - 1 })),
      )
      const kinds = stretch.picture === 'dark' ? ['video-key'] : ['video', 'video-key']
      tags.push(...source.filter((tag) => kinds.includes(tag.kind) && isWithin(stretch, tag)))
    }
    if (stretch.sound) {
      const source = soundOf(member, { seconds, channels: stretch.channels })
      tags.push(
        ...source.filter(({ kind }) => kind === 'audio-config').map((tag) => ({ ...tag, timestamp: start - 1 })),
      )
      tags.push(...source.filter((tag) => tag.kind === 'audio' && isWithin(stretch, tag)))
    }
  }
  return tags.toSorted((a, b) => a.timestamp - b.timestamp)
}

/** Timestamps are rounded. */
function isWithin({ from, to, published }: Stretch, { timestamp }: MediaTag): boolean {
  const time = published + timestamp / 1000 + 0.002
  return time >= from && time < to
}
