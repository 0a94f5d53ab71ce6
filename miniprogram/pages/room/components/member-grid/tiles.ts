/** The data of the grid's tiles. Plain values, so that only changes are set. */
import { isInRoom, type ActiveRoom, type CallState, type NetworkQuality } from '../../../../call/state'
import type { Account } from '../../../../netcall/types'
import { changes } from '../../../../services/changes'
import { placesOf, type Place } from './layout'
import { keyOf, type RosterEntry } from './roster'
import { chooseStreams, type StreamWish } from './streams'
import type { Speech } from './speech'

export interface Tile extends Place {
  /** The member's uid, or `ME`, whose uid is unknown at first. */
  key: string
  account: Account
  own: boolean
  /** Whether it contains the pusher, a player, or neither. */
  media: 'push' | 'play' | ''
  url: string
  /** Whether its member publishes. */
  sends: boolean
  /** Whether the room has video. */
  video: boolean
  microphone: boolean
  camera: boolean
  away: boolean
  left: boolean
  speaking: boolean
  /** The worse quality of its stream, sent or received; empty if both are unknown. */
  network: NetworkQuality | ''
  /** Whether a tap makes it large or small; empty if neither. */
  tap: 'pin' | 'unpin' | ''
}
export type ShownRoom = ActiveRoom | Extract<CallState, { phase: 'joining' }>
interface Arrangement {
  entries: readonly RosterEntry[]
  pinned: string | null
  page: number
  /** Whether this page shows the media. */
  ownsMedia: boolean
  speech: Speech
  /** Quality of the received streams. */
  qualities: ReadonlyMap<string, NetworkQuality>
  /** Keys of the streams being played. */
  playing: ReadonlySet<string>
  /** Maximum number of played streams. */
  limit: number
  now: number
}

export const ME = 'me'

/** The local user first, then the others in joining order; and the streams to play from now on. */
export function tilesOf(room: ShownRoom, me: Account, how: Arrangement): { tiles: Tile[]; playing: Set<string> } {
  const { entries, pinned, speech, now } = how
  const places = placesOf([ME, ...entries.map(keyOf)], pinned, how.page)
  const playing = how.ownsMedia
    ? chooseStreams(wishesOf(room, places.slice(1), how), how.playing, how.limit, now)
    : new Set<string>()
  const tap = (key: string): Tile['tap'] => (entries.length === 0 ? '' : key === pinned ? 'unpin' : 'pin')
  const tiles = places.map((place, index): Tile => {
    const entry = entries[index - 1]
    const key = entry ? keyOf(entry) : ME
    const tile = entry ? memberTile(room, entry, playing, how.qualities) : ownTile(room, me, how.ownsMedia)
    const speaking = tile.microphone && !tile.left && speech.isSpeaking(key, now)
    return { ...place, ...tile, key, speaking, tap: tap(key) }
  })
  return { tiles, playing }
}

/** The changes for setData: tiles that stay are not set as a whole. */
export function tilePatch(shown: readonly Tile[], next: readonly Tile[]): Record<string, unknown> {
  const stays = shown.length <= next.length && shown.every(({ key }, index) => key === next[index]?.key)
  if (!stays) return { tiles: next }
  const patch: Record<string, unknown> = {}
  for (const [index, tile] of next.entries()) {
    const before = shown[index]
    if (!before) patch[`tiles[${index}]`] = tile
    else for (const [name, value] of Object.entries(changes(before, tile))) patch[`tiles[${index}].${name}`] = value
  }
  return patch
}

type Facts = Omit<Tile, keyof Place | 'key' | 'speaking' | 'tap'>

function ownTile({ kind, role, local }: ShownRoom, me: Account, ownsMedia: boolean): Facts {
  const { microphone, camera, away, network } = local
  const sends = role === 'host'
  return {
    account: me,
    own: true,
    media: ownsMedia && sends ? 'push' : '',
    url: local.url ?? '',
    sends,
    video: kind === 'video',
    microphone,
    camera: camera && kind === 'video',
    away,
    left: false,
    network: network ?? '',
  }
}

function memberTile(
  { kind }: ShownRoom,
  { member, leftAt }: RosterEntry,
  playing: ReadonlySet<string>,
  qualities: Arrangement['qualities'],
): Facts {
  const { account, url, microphone, camera, away, network, uid } = member
  const plays = url !== null && playing.has(String(uid))
  const incoming = plays ? qualities.get(String(uid)) : undefined
  return {
    account,
    own: false,
    media: plays ? 'play' : '',
    url: plays ? url : '',
    sends: url !== null,
    video: kind === 'video',
    microphone,
    camera: camera && kind === 'video',
    away,
    left: leftAt !== null,
    network: worse(network, incoming ?? null),
  }
}

function worse(...qualities: Array<NetworkQuality | null>): NetworkQuality | '' {
  const worstFirst = ['weak', 'fair', 'good'] as const
  return worstFirst.find((quality) => qualities.includes(quality)) ?? ''
}

/** Whether only the quality of streams changed, which is shown with the next tick. */
export function networkOnly(state: CallState, previous: CallState): boolean {
  return isInRoom(state) && isInRoom(previous) && isSame(withoutNetworks(state), withoutNetworks(previous))
}
function withoutNetworks({ local, members, ...room }: ActiveRoom): object {
  return { ...room, local: { ...local, network: null }, members: members.map((each) => ({ ...each, network: null })) }
}
function isSame(one: object, other: object): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

function wishesOf(
  { kind }: ShownRoom,
  places: readonly Place[],
  { entries, pinned, speech }: Arrangement,
): StreamWish[] {
  return entries.flatMap((entry, index): StreamWish[] => {
    const { url, microphone, camera, away } = entry.member
    if (url === null || entry.leftAt !== null) return []
    const key = keyOf(entry)
    return [
      {
        key,
        pinned: key === pinned,
        onPage: places[index]?.onPage ?? false,
        microphone: microphone && !away,
        camera: camera && !away && kind === 'video',
        spokeAt: speech.spokeAt(key),
      },
    ]
  })
}
