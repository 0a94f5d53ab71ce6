/** Selects the streams to play: phones can play fewer streams at once than a room has members. */
import { STREAMS_EVERYWHERE, type RoomRole } from '../../../../call/state'

/** A member with a stream, in joining order. */
export interface StreamWish {
  key: string
  pinned: boolean
  onPage: boolean
  microphone: boolean
  camera: boolean
  /** When it was last heard, ms; 0 if never. */
  spokeAt: number
}

/** Streams at once, the local one included, on phones that can do more than the minimum: a page of a room. */
const STREAM_LIMIT: Readonly<Record<string, number>> = { ios: 9, mac: 9, windows: 9 }
/** Members that spoke within this time have priority, ms. */
const LATELY = 10_000

/** Number of streams that a phone can play besides publishing. `platform`: from WeChat. */
export function playerLimit(platform: string, role: RoomRole): number {
  const limit = STREAM_LIMIT[platform] ?? STREAMS_EVERYWHERE
  return role === 'host' ? limit - 1 : limit
}

/** Keys of the streams to play, at most `limit`. At equal priority those already `playing` are kept, to avoid flicker. */
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

/** Lower is first. Audio has priority over video, which a call can do without. */
function claimOf({ pinned, onPage, microphone, camera, spokeAt }: StreamWish, now: number): number {
  if (pinned) return 0
  if (spokeAt > 0 && now - spokeAt < LATELY) return 1
  if (onPage && microphone) return 2
  if (onPage && camera) return 3
  return microphone ? 4 : 5
}
