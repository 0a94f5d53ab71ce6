/** The view of a member's tile, from the grid's data and the state of its pusher or player. */
import { isStopped, type MediaState } from '../../../../components/media/state'
import { fill, type Texts } from '../../../../texts/index'
import type { Tile } from '../member-grid/tiles'

interface TileTexts {
  call: Texts<'call'>
  rooms: Texts<'rooms'>
}
/** The grid's data that are shown as text. */
export type TileFacts = Pick<
  Tile,
  'account' | 'own' | 'url' | 'sends' | 'video' | 'microphone' | 'camera' | 'away' | 'left'
> & {
  /** A `Tile`'s `media`, `network` and `tap`, as passed by the template. */
  media: string
  network: string
  tap: string
}
export interface MediaStates {
  /** State of the pusher or player; null before the first event. */
  media: MediaState | null
  /** Whether it has been stalled so long that its picture is old. */
  stale: boolean
}
export interface TileView {
  name: string
  /** Whether there is no video: the avatar is shown. */
  covered: boolean
  words: string
  /** Whether its network is weak. */
  weak: boolean
  /** Everything as text, for screen readers. */
  spoken: string
}

export const NO_MEDIA_STATES: MediaStates = { media: null, stale: false }

export function tileView(tile: TileFacts, mediaStates: MediaStates, texts: TileTexts): TileView {
  const name = tile.own ? fill(texts.rooms.me, { name: tile.account }) : tile.account
  const words = fill(tile.own ? ownWords(tile, mediaStates.media, texts) : memberWords(tile, mediaStates, texts), {
    name,
  })
  const weak = isWeak(tile, mediaStates)
  const muted = tile.sends && !tile.microphone && !tile.left
  const facts = [name, words, muted ? texts.call.microphoneOff : '', weak ? texts.call.weak : '']
  return {
    name,
    covered: !hasPicture(tile, mediaStates),
    words,
    weak,
    spoken: [...facts, tapWords(tile.tap, texts.rooms)].filter((fact) => fact !== '').join(', '),
  }
}

function tapWords(tap: string, rooms: Texts<'rooms'>): string {
  if (tap === 'pin') return rooms.pin
  return tap === 'unpin' ? rooms.unpin : ''
}

/** Old pictures are covered, except for short stalls. The local camera is shown as soon as it has a URL. */
function hasPicture({ own, url, media, camera, away, left }: TileFacts, { media: state, stale }: MediaStates): boolean {
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

function memberWords(tile: TileFacts, { media: state, stale }: MediaStates, { call, rooms }: TileTexts): string {
  if (tile.left) return rooms.left
  if (!tile.sends) return rooms.listens
  if (tile.away) return call.away
  if (tile.media === '') return tile.microphone || tile.camera ? rooms.unheard : ''
  if (state?.state === 'failed' && state.reason === 'simulator') return call.needsPhone
  // With camera and microphone off a phone may send no data, and the player then reports a failure.
  if (!tile.microphone && !(tile.video && tile.camera)) return tile.video ? call.cameraOff : ''
  if (state === null || state.state === 'connecting') return call.connecting
  if (state.state === 'stalled' && !isStutter(state, stale)) return rooms.memberReconnecting
  if (state.state === 'failed') return failedWords(state.reason, call, rooms)
  return tile.video && !tile.camera ? call.cameraOff : ''
}
function failedWords(reason: string, call: Texts<'call'>, rooms: Texts<'rooms'>): string {
  if (reason === 'not-enabled') return rooms.notPlaying
  return reason === 'network' ? call.playFailed : call.cannotPlay
}

function isStutter(state: MediaState | null, stale: boolean): boolean {
  return state?.state === 'stalled' && state.reason === 'network' && !stale
}

function isWeak({ sends, left, network }: TileFacts, { media }: MediaStates): boolean {
  if (!sends || left) return false
  return network === 'weak' || (media?.state === 'stalled' && media.reason === 'network')
}
