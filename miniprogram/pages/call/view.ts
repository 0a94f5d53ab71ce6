/** What the call page shows, from the call's state and what its pusher and player say. Plain values, so that only changes are set. */
import { isActive, isRecorded, type ActiveCall, type CallKind, type CallPhase, type CallState } from '../../call/state'
import type { NetQuality } from '../../components/media/net-status'
import { isStopped, type MediaState } from '../../components/media/state'
import { fill, type Texts } from '../../texts/index'

export interface CallTexts {
  call: Texts<'call'>
  endings: Texts<'endings'>
}
export interface CallView {
  phase: CallPhase
  kind: CallKind
  peer: string
  /** Whether pusher and player are there. */
  active: boolean
  pushUrl: string
  playUrl: string
  microphone: boolean
  camera: boolean
  speaker: boolean
  recorded: boolean
  /** The worse of what I send and what I receive; empty while it is not known. */
  network: NetQuality | ''
  /** Whether there is no picture of the other side: its avatar and words stand there. */
  covered: boolean
  words: string
  /** The same for my own picture. */
  ownCovered: boolean
  ownWords: string
}
/** What a pusher or player has said; null before it did. */
export interface Heard {
  state: MediaState | null
  quality: NetQuality | null
}
export interface CallMedia {
  /** My pusher. */
  own: Heard
  /** The other side's player. */
  peer: Heard
}

export const BLANK: CallView = {
  phase: 'idle',
  kind: 'audio',
  peer: '',
  active: false,
  pushUrl: '',
  playUrl: '',
  microphone: true,
  camera: false,
  speaker: false,
  recorded: false,
  network: '',
  covered: true,
  words: '',
  ownCovered: true,
  ownWords: '',
}

/** The view of a call; null where there is none to show (the page is about to leave). */
export function callView(state: CallState, media: CallMedia, texts: CallTexts): CallView | null {
  if (state.phase === 'idle' || state.phase === 'incoming') return null
  const { phase, kind, peer } = state
  const call = { ...BLANK, phase, kind, peer }
  if (state.phase === 'ended') return { ...call, words: fill(texts.endings[state.reason], { name: peer }) }

  const { microphone, camera, speaker } = state.local
  const shared = {
    ...call,
    microphone,
    camera,
    speaker,
    ownCovered: !camera || isStopped(media.own.state),
    ownWords: ownWords(camera, media.own.state, texts.call),
  }
  if (!isActive(state)) return { ...shared, words: texts.call.calling }
  return {
    ...shared,
    active: true,
    pushUrl: state.local.url ?? '',
    playUrl: state.remote.url ?? '',
    recorded: isRecorded(state),
    network: phase === 'talking' ? worst(networkOf(media.own), networkOf(media.peer)) : '',
    covered: !hasPicture(state, media.peer.state),
    words: peerWords(state, media.peer.state, texts.call),
  }
}

function hasPicture({ kind, remote }: ActiveCall, player: MediaState | null): boolean {
  const arrives = player?.state === 'playing' || (player?.state === 'stalled' && !isStopped(player))
  return kind === 'video' && remote.url !== null && remote.camera && arrives
}

function peerWords(call: ActiveCall, player: MediaState | null, texts: Texts<'call'>): string {
  if (call.phase === 'connecting') return texts.connecting
  if (call.phase === 'reconnecting') return texts.reconnecting
  if (call.remote.url === null) return texts.waiting
  if (player === null || player.state === 'connecting') return texts.connecting
  if (player.state === 'stalled') return texts.weak
  if (player.state === 'failed') return failedWords(player.reason, texts)
  if (call.kind === 'video' && !call.remote.camera) return texts.cameraOff
  return call.remote.microphone ? '' : texts.muted
}
function failedWords(reason: string, texts: Texts<'call'>): string {
  if (reason === 'simulator') return texts.needsPhone
  return reason === 'network' ? texts.playFailed : texts.cannotPlay
}

function ownWords(camera: boolean, own: MediaState | null, texts: Texts<'call'>): string {
  if (own?.state === 'failed' && own.reason === 'simulator') return texts.needsPhone
  if (!camera) return texts.cameraOff
  if (own?.state !== 'stalled') return ''
  return own.reason === 'interrupted' ? texts.interrupted : texts.weak
}

/** A stream that the network stalls is weak, whatever was said before. */
function networkOf({ state, quality }: Heard): NetQuality | null {
  return state?.state === 'stalled' && state.reason !== 'interrupted' ? 'weak' : quality
}
function worst(...qualities: Array<NetQuality | null>): NetQuality | '' {
  const worstFirst = ['weak', 'fair', 'good'] as const
  return worstFirst.find((quality) => qualities.includes(quality)) ?? ''
}

/** The entries of `next` that differ from `shown`, for setData. */
export function changes<T extends object>(shown: Partial<T>, next: T): Partial<T> {
  const changed: Partial<T> = {}
  for (const key in next) if (shown[key] !== next[key]) changed[key] = next[key]
  return changed
}
