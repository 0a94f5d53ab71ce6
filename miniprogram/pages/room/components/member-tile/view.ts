/** What a member's tile shows, from what the grid tells it and what its pusher or player says. */
import { isStopped, type MediaState } from '../../../../components/media/state'
import { fill, type Texts } from '../../../../texts/index'
import type { Tile } from '../member-grid/tiles'

export interface TileTexts {
  call: Texts<'call'>
  rooms: Texts<'rooms'>
}
/** The grid's word, as far as it is put into words. */
export type TileFacts = Pick<
  Tile,
  'account' | 'own' | 'url' | 'sends' | 'video' | 'microphone' | 'camera' | 'away' | 'left'
> & {
  /** A `Tile`'s `media`, `network` and `tap`, as a template passes them on. */
  media: string
  network: string
  tap: string
}
export interface Heard {
  /** My pusher, or the member's player; null before it said anything. */
  media: MediaState | null
  /** Whether it has stalled for so long that its picture is an old one. */
  stale: boolean
}
export interface TileView {
  name: string
  /** Whether there is no picture: the avatar stands there. */
  covered: boolean
  words: string
  /** Whether its network is weak. */
  weak: boolean
  /** All of it in words, for screen readers. */
  spoken: string
}

export const SILENT: Heard = { media: null, stale: false }

export function tileView(tile: TileFacts, heard: Heard, texts: TileTexts): TileView {
  const name = tile.own ? fill(texts.rooms.me, { name: tile.account }) : tile.account
  const words = fill(tile.own ? ownWords(tile, heard.media, texts) : memberWords(tile, heard, texts), { name })
  const weak = isWeak(tile, heard)
  const muted = tile.sends && !tile.microphone && !tile.left
  const facts = [name, words, muted ? texts.call.microphoneOff : '', weak ? texts.call.weak : '']
  return {
    name,
    covered: !hasPicture(tile, heard),
    words,
    weak,
    spoken: [...facts, tapWords(tile.tap, texts.rooms)].filter((fact) => fact !== '').join(', '),
  }
}

function tapWords(tap: string, rooms: Texts<'rooms'>): string {
  if (tap === 'pin') return rooms.pin
  return tap === 'unpin' ? rooms.unpin : ''
}

/** Never an old picture: whatever does not play is covered, but for a stutter. My own camera is there with its URL. */
function hasPicture({ own, url, media, camera, away, left }: TileFacts, { media: state, stale }: Heard): boolean {
  if (media === '' || !camera || left) return false
  if (own) return url !== '' && !isStopped(state) && state?.state !== 'failed'
  return !away && (state?.state === 'playing' || isStutter(state, stale))
}

function ownWords(
  { url, sends, video, camera, media }: TileFacts,
  state: MediaState | null,
  { call, rooms }: TileTexts,
): string {
  if (!sends) return rooms.listens
  if (media === '') return ''
  if (state?.state === 'failed' && state.reason === 'simulator') return call.needsPhone
  if (state?.state === 'stalled') return state.reason === 'interrupted' ? call.interrupted : call.weak
  if (video && !camera) return call.cameraOff
  return url === '' ? call.connecting : ''
}

function memberWords(tile: TileFacts, { media: state, stale }: Heard, { call, rooms }: TileTexts): string {
  if (tile.left) return rooms.left
  if (!tile.sends) return rooms.listens
  if (tile.away) return call.away
  if (tile.media === '') return tile.microphone || tile.camera ? rooms.unheard : ''
  if (state === null || state.state === 'connecting') return call.connecting
  if (state.state === 'stalled' && !isStutter(state, stale)) return rooms.memberReconnecting
  if (state.state === 'failed') return failedWords(state.reason, call)
  return tile.video && !tile.camera ? call.cameraOff : ''
}
function failedWords(reason: string, call: Texts<'call'>): string {
  if (reason === 'simulator') return call.needsPhone
  return reason === 'network' ? call.playFailed : call.cannotPlay
}

function isStutter(state: MediaState | null, stale: boolean): boolean {
  return state?.state === 'stalled' && state.reason === 'network' && !stale
}

function isWeak({ sends, left, network }: TileFacts, { media }: Heard): boolean {
  if (!sends || left) return false
  return network === 'weak' || (media?.state === 'stalled' && media.reason === 'network')
}
