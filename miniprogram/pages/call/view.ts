/** The view of the call page, from the call's state and the states of pusher and player. Plain values, so that only changes are set. */
import { mediaView, NO_MEDIA, ownMediaView, type MediaView } from '../../call/media-view'
import {
  isActive,
  isRecorded,
  type ActiveCall,
  type CallKind,
  type CallState,
  type NetworkQuality,
} from '../../call/state'
import type { Failure } from '../../components/media/failure'
import { isStopped, type MediaState } from '../../components/media/state'
import { clock } from '../../services/clock'
import { fill, type Texts } from '../../texts/index'
import { cardOf, NO_CARD, type Card, type Way } from './cards'

interface CallTexts {
  call: Texts<'call'>
  endings: Texts<'endings'>
}
export interface CallView extends MediaView {
  phase: CallState['phase']
  kind: CallKind
  peer: string
  /** Whether there are media, or they are connecting. */
  active: boolean
  recorded: boolean
  /** Quality of the peer's stream, or the worse of both in an audio call; empty if unknown. */
  network: NetworkQuality | ''
  /** Quality of the local stream. */
  ownNetwork: NetworkQuality | ''
  /** Whether the peer has no video: its avatar and a text are shown instead. */
  covered: boolean
  words: string
  /** The same for the local video. */
  ownCovered: boolean
  ownWords: string
  cardId: Card['id']
  cardText: string
  cardWays: readonly Way[]
}
/** States of pusher and player; null before the first event. */
export interface MediaStates {
  /** The pusher. */
  own: MediaState | null
  /** The player, and the quality of its stream. */
  peer: MediaState | null
  peerQuality: NetworkQuality | null
  /** The failure of local media. */
  failure: Failure | null
}

export const NO_MEDIA_STATES: MediaStates = { own: null, peer: null, peerQuality: null, failure: null }

export const BLANK: CallView = {
  ...NO_MEDIA,
  phase: 'idle',
  kind: 'audio',
  peer: '',
  active: false,
  recorded: false,
  network: '',
  ownNetwork: '',
  covered: true,
  words: '',
  ownCovered: true,
  ownWords: '',
  cardId: NO_CARD.id,
  cardText: NO_CARD.text,
  cardWays: NO_CARD.ways,
}

/** The view of a call; null if there is none to show (the page is about to close). */
export function callView(state: CallState, mediaStates: MediaStates, texts: CallTexts): CallView | null {
  if (state.type !== 'one-to-one' || state.phase === 'incoming') return null
  const { phase, kind, peer } = state
  const card = cardOf(state, mediaStates.failure, texts.call)
  const call = { ...BLANK, phase, kind, peer, cardId: card.id, cardText: card.text, cardWays: card.ways }
  if (state.phase === 'ended') return { ...call, words: fill(texts.endings[state.reason], { name: peer }) }

  const { camera } = state.local
  const shared = {
    ...call,
    ...ownMediaView(state.local),
    ownCovered: !camera || isStopped(mediaStates.own),
    ownWords: ownWords(camera, mediaStates.own, texts.call),
  }
  if (!isActive(state)) return { ...shared, words: texts.call.calling }
  return {
    ...shared,
    ...mediaView(state),
    ...networks(state, mediaStates),
    active: true,
    recorded: isRecorded(kind, [state.local, state.remote]),
    covered: !hasPicture(state, mediaStates.peer),
    words: fill(peerWords(state, mediaStates.peer, texts.call), { name: peer }),
  }
}

/** Duration of the call; empty before it was answered. */
export function elapsedOf(state: CallState, now: number): string {
  if (state.type !== 'one-to-one') return ''
  if (state.phase === 'talking' || state.phase === 'reconnecting') return clock(now - state.answeredAt)
  return state.phase === 'ended' && state.duration > 0 ? clock(state.duration) : ''
}

function hasPicture({ kind, remote }: ActiveCall, player: MediaState | null): boolean {
  const arrives = player?.state === 'playing' || (player?.state === 'stalled' && !isStopped(player))
  return kind === 'video' && remote.url !== null && remote.camera && !remote.away && arrives
}

function peerWords(call: ActiveCall, player: MediaState | null, texts: Texts<'call'>): string {
  const { phase, kind, local, remote } = call
  if (phase === 'connecting') return texts.connecting
  if (phase === 'reconnecting') return texts.reconnecting
  if (remote.away) return texts.away
  if (remote.url === null) return texts.waiting
  if (player?.state === 'failed' && player.reason === 'simulator') return texts.needsPhone
  // With camera and microphone off a phone may send no data, and the player then reports a failure.
  if (!remote.microphone && kind === 'audio') return texts.muted
  if (!remote.microphone && !remote.camera) return texts.allOff
  if (player === null || player.state === 'connecting') return texts.connecting
  if (player.state === 'failed') return failedWords(player.reason, texts)
  if (local.network === 'weak' && kind === 'audio') return texts.ownWeak
  if (remote.network === 'weak') return texts.peerWeak
  if (player.state === 'stalled') return texts.weak
  if (kind === 'video' && !remote.camera) return texts.cameraOff
  return remote.microphone ? '' : texts.muted
}
function failedWords(reason: string, texts: Texts<'call'>): string {
  if (reason === 'not-enabled') return texts.playerNotEnabled
  return reason === 'network' ? texts.playFailed : texts.cannotPlay
}

function ownWords(camera: boolean, own: MediaState | null, texts: Texts<'call'>): string {
  if (own?.state === 'failed' && own.reason === 'simulator') return texts.needsPhone
  if (!camera) return texts.cameraOff
  if (own?.state !== 'stalled') return ''
  return own.reason === 'interrupted' ? texts.interrupted : texts.weak
}

function networks(
  { phase, kind, local, remote }: ActiveCall,
  mediaStates: MediaStates,
): Pick<CallView, 'network' | 'ownNetwork'> {
  if (phase !== 'talking') return { network: '', ownNetwork: '' }
  const own = stalledBy(mediaStates.own) ? 'weak' : local.network
  const peer = stalledBy(mediaStates.peer) ? 'weak' : worst(mediaStates.peerQuality, remote.network)
  return { network: (kind === 'audio' ? worst(own, peer) : peer) ?? '', ownNetwork: own ?? '' }
}
/** A stalled stream is weak, whatever its last quality was. */
function stalledBy(state: MediaState | null): boolean {
  return state?.state === 'stalled' && state.reason !== 'interrupted'
}
function worst(...qualities: Array<NetworkQuality | null>): NetworkQuality | null {
  const worstFirst = ['weak', 'fair', 'good'] as const
  return worstFirst.find((quality) => qualities.includes(quality)) ?? null
}
