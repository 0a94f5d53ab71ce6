/** What the banner shows of the call that its user has left. Plain values, so that only changes are set. */
import { isActive, type CallKind, type CallState, type CameraFacing } from '../../call/state'
import { clock } from '../../services/clock'
import { fill, type Texts } from '../../texts/index'

export interface BannerTexts {
  banner: Texts<'banner'>
  endings: Texts<'endings'>
}
export interface BannerView {
  /** Empty where there is no call. */
  words: string
  /** How long the call has lasted; empty before it was answered. */
  elapsed: string
  /** Whether a tap leads to a page. */
  open: boolean
  kind: CallKind
  /** Whether there are media. */
  active: boolean
  pushUrl: string
  playUrl: string
  microphone: boolean
  camera: boolean
  facing: CameraFacing
  speaker: boolean
  peerCamera: boolean
}

export const NO_CALL: BannerView = {
  words: '',
  elapsed: '',
  open: false,
  kind: 'audio',
  active: false,
  pushUrl: '',
  playUrl: '',
  microphone: true,
  camera: false,
  facing: 'front',
  speaker: false,
  peerCamera: false,
}

export function bannerView(state: CallState, texts: BannerTexts, now: number): BannerView {
  if (state.phase === 'idle') return NO_CALL
  const { kind, peer: name } = state
  const call = { ...NO_CALL, kind }
  if (state.phase === 'ended') return { ...call, words: fill(texts.endings[state.reason], { name }) }
  const words = fill(texts.banner[sentence(state)], { name })
  if (!isActive(state)) return { ...call, words, open: true }
  const { microphone, camera, facing, speaker } = state.local
  return {
    words,
    elapsed: state.phase === 'connecting' ? '' : clock(now - state.answeredAt),
    open: true,
    kind,
    active: true,
    pushUrl: state.local.url ?? '',
    playUrl: state.remote.url ?? '',
    microphone,
    camera,
    facing,
    speaker,
    peerCamera: kind === 'video' && state.remote.camera,
  }
}

function sentence(state: Exclude<CallState, { phase: 'idle' | 'ended' }>): keyof Texts<'banner'> {
  switch (state.phase) {
    case 'outgoing':
      return 'calling'
    case 'incoming':
      return 'rings'
    case 'reconnecting':
      return 'reconnecting'
    case 'connecting':
    case 'talking':
      return state.videoRequest === 'asked' ? 'asksForVideo' : 'talking'
  }
}
