/**
 * Turning audio into video, which the peer has to agree to, and back, which it does not. Source: the contract's control commands 5
 * (request), 6 (agree), 7 (reject) and 8 (to audio). 8 during an audio call withdraws the request.
 */
import { CONTROL_COMMAND, type ControlCommand } from '../../netcall/constants'
import { unchanged, type CallEffect, type Transition } from '../events'
import { withDevices } from '../mode'
import {
  isActive,
  wishIn,
  type ActiveCall,
  type CallKind,
  type CallState,
  type LocalMedia,
  type VideoRequest,
} from '../state'

const {
  NETCALL_CONTROL_COMMAND_SWITCH_AUDIO_TO_VIDEO: ASK,
  NETCALL_CONTROL_COMMAND_SWITCH_AUDIO_TO_VIDEO_AGREE: AGREE,
  NETCALL_CONTROL_COMMAND_SWITCH_AUDIO_TO_VIDEO_REJECT: REFUSE,
  NETCALL_CONTROL_COMMAND_SWITCH_VIDEO_TO_AUDIO: TO_AUDIO,
} = CONTROL_COMMAND

export function onAskVideo(state: CallState): Transition {
  if (state.phase !== 'talking' || state.kind === 'video' || state.videoRequest === 'asking') return unchanged(state)
  if (state.videoRequest === 'asked') return onAnswerVideo(state, true)
  return { state: withRequest(state, 'asking'), effects: [say(state, ASK)] }
}

export function onAnswerVideo(state: CallState, agree: boolean): Transition {
  if (!isActive(state) || state.videoRequest !== 'asked') return unchanged(state)
  const answer = say(state, agree ? AGREE : REFUSE)
  if (!agree) return { state: withRequest(state, 'none'), effects: [answer] }
  return become('video', state, [answer])
}

export function onVideoRequestOver(state: CallState): Transition {
  if (!isActive(state)) return unchanged(state)
  switch (state.videoRequest) {
    case 'none':
      return unchanged(state)
    case 'asking':
      return { state: withRequest(state, 'unanswered'), effects: [say(state, TO_AUDIO)] }
    case 'asked':
      return onAnswerVideo(state, false)
    case 'declined':
    case 'unanswered':
      return { state: withRequest(state, 'none'), effects: [] }
  }
}

/** Turns the call into an audio call, or withdraws the local request. */
export function onSwitchToAudio(state: CallState): Transition {
  if (!isActive(state)) return unchanged(state)
  if (state.kind === 'video') return become('audio', state, [say(state, TO_AUDIO)])
  if (state.videoRequest !== 'asking') return unchanged(state)
  return { state: withRequest(state, 'none'), effects: [say(state, TO_AUDIO)] }
}

/** Handles the peer's command; null for other commands. */
export function onVideoCommand(state: ActiveCall, command: ControlCommand): Transition | null {
  switch (command) {
    case ASK:
      if (state.kind === 'video') return { state, effects: [say(state, AGREE)] }
      // Both sides requested video.
      if (state.videoRequest === 'asking') return become('video', state, [])
      return { state: withRequest(state, 'asked'), effects: [] }
    case AGREE:
      if (state.kind === 'video') return unchanged(state)
      // A late agreement has already turned the peer's side into a video call.
      if (state.videoRequest !== 'asking') return { state, effects: [say(state, TO_AUDIO)] }
      return become('video', state, [])
    case REFUSE:
      return state.videoRequest === 'asking' ? { state: withRequest(state, 'declined'), effects: [] } : unchanged(state)
    case TO_AUDIO:
      if (state.kind === 'video') return become('audio', state, [])
      return state.videoRequest === 'asked' ? { state: withRequest(state, 'none'), effects: [] } : unchanged(state)
    default:
      return null
  }
}

/** Streams follow the mode, and recordings follow the streams; the peer is told what is recorded now. */
function become(kind: CallKind, state: ActiveCall, answer: CallEffect[]): Transition {
  const video = kind === 'video'
  const local: LocalMedia = {
    ...withDevices(state.local, { camera: video }),
    speaker: video || state.local.speaker,
  }
  const { peer, cid } = state
  const told: CallEffect[] =
    state.phase === 'talking'
      ? [
          { type: 'switch-mode', mode: local.mode },
          { type: 'announce-recording', to: [peer], cid, wish: wishIn(kind, local.recording) },
        ]
      : []
  // The peer's video counts once the peer announces it.
  const remote = video ? state.remote : withDevices(state.remote, { camera: false })
  return { state: withRequest({ ...state, kind, local, remote }, 'none'), effects: [...answer, ...told] }
}

function withRequest(state: ActiveCall, videoRequest: VideoRequest): ActiveCall {
  return { ...state, videoRequest }
}

function say({ cid }: ActiveCall, command: ControlCommand): CallEffect {
  return { type: 'control', cid, command }
}
