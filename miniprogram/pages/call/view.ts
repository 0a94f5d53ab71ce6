/** What the call page shows, from the call's state and what its pusher and player say. Plain values, so that only changes are set. */
import { isActive, isRecorded, type ActiveCall, type CallKind, type CallPhase, type CallState } from '../../call/state'
import type { MediaState } from '../../components/media/state'
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
  /** Whether there is no picture of the other side: its avatar and words stand there. */
  covered: boolean
  words: string
  /** The same for my own picture. */
  ownCovered: boolean
  ownWords: string
}
export interface MediaStates {
  /** Of my pusher; null before it said anything. */
  own: MediaState | null
  /** Of the other side's player. */
  peer: MediaState | null
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
  covered: true,
  words: '',
  ownCovered: true,
  ownWords: '',
}

/** The view of a call; null where there is none to show (the page is about to leave). */
export function callView(state: CallState, media: MediaStates, texts: CallTexts): CallView | null {
  if (state.phase === 'idle' || state.phase === 'incoming') return null
  const { phase, kind, peer } = state
  const call = { ...BLANK, phase, kind, peer }
  if (state.phase === 'ended') return { ...call, words: fill(texts.endings[state.reason], { name: peer }) }

  const { microphone, camera, speaker } = state.local
  const shared = { ...call, microphone, camera, speaker, ownCovered: !camera, ownWords: ownWords(camera, media, texts) }
  if (!isActive(state)) return { ...shared, words: texts.call.calling }
  return {
    ...shared,
    active: true,
    pushUrl: state.local.url ?? '',
    playUrl: state.remote.url ?? '',
    recorded: isRecorded(state),
    covered: !hasPicture(state, media.peer),
    words: peerWords(state, media.peer, texts.call),
  }
}

function hasPicture({ kind, remote }: ActiveCall, player: MediaState | null): boolean {
  const arrives = player?.state === 'playing' || player?.state === 'stalled'
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

function ownWords(camera: boolean, { own }: MediaStates, texts: CallTexts): string {
  if (own?.state === 'failed' && own.reason === 'simulator') return texts.call.needsPhone
  if (!camera) return texts.call.cameraOff
  if (own?.state !== 'stalled') return ''
  return own.reason === 'interrupted' ? texts.call.interrupted : texts.call.weak
}

/** The entries of `next` that differ from `shown`, for setData. */
export function changes<T extends object>(shown: Partial<T>, next: T): Partial<T> {
  const changed: Partial<T> = {}
  for (const key in next) if (shown[key] !== next[key]) changed[key] = next[key]
  return changed
}
