/** Which members' streams are played: a phone does not carry as many at once as a room has members. */
import { STREAMS_EVERYWHERE, type RoomRole } from '../../../../room/state'

/** A member that has a stream, in the order of their coming. */
export interface StreamWish {
  key: string
  pinned: boolean
  onPage: boolean
  microphone: boolean
  camera: boolean
  /** When it was last heard to speak, ms; 0 for never. */
  spokeAt: number
}

/** Streams at once, my own included, where it is more than every phone carries: a page of a room. */
const STREAM_LIMIT: Readonly<Record<string, number>> = { ios: 9, mac: 9, windows: 9 }
/** Who spoke within this time goes before who did not, ms. */
const LATELY = 10_000

/** How many a phone can play beside what it sends itself. `platform`: as WeChat calls it. */
export function playerLimit(platform: string, role: RoomRole): number {
  const limit = STREAM_LIMIT[platform] ?? STREAMS_EVERYWHERE
  return role === 'host' ? limit - 1 : limit
}

/**
 * The keys of those that are played, `limit` at most. Of those with an equal claim the ones `playing` already go on, so that
 * nothing flickers.
 */
export function chooseStreams(
  wishes: readonly StreamWish[],
  playing: ReadonlySet<string>,
  limit: number,
  now: number,
): Set<string> {
  const inOrder = wishes
    .map((wish, order) => ({ ...wish, order, claim: claimOf(wish, now), played: Number(playing.has(wish.key)) }))
    .sort((a, b) => a.claim - b.claim || b.played - a.played || b.spokeAt - a.spokeAt || a.order - b.order)
  return new Set(inOrder.slice(0, limit).map(({ key }) => key))
}

/** The less, the sooner. Sound goes before pictures: a call can do without the latter. */
function claimOf({ pinned, onPage, microphone, camera, spokeAt }: StreamWish, now: number): number {
  if (pinned) return 0
  if (spokeAt > 0 && now - spokeAt < LATELY) return 1
  if (onPage && microphone) return 2
  if (onPage && camera) return 3
  return microphone ? 4 : 5
}
