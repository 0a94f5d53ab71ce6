/**
 * Audio to video, which the other side has to agree to, and back, which it has not. Source: the contract's control
 * commands 5 (ask), 6 (agree), 7 (refuse) and 8 (to audio). 8 during an audio call takes the question back.
 */
import { CONTROL_COMMAND, type ControlCommand } from '../netcall/constants'
import { stay, type CallEffect, type Transition } from './events'
import { withDevices } from './mode'
import { isActive, wishIn, type ActiveCall, type CallKind, type CallState, type LocalMedia } from './state'

const {
  NETCALL_CONTROL_COMMAND_SWITCH_AUDIO_TO_VIDEO: ASK,
  NETCALL_CONTROL_COMMAND_SWITCH_AUDIO_TO_VIDEO_AGREE: AGREE,
  NETCALL_CONTROL_COMMAND_SWITCH_AUDIO_TO_VIDEO_REJECT: REFUSE,
  NETCALL_CONTROL_COMMAND_SWITCH_VIDEO_TO_AUDIO: TO_AUDIO,
} = CONTROL_COMMAND

export function onAskVideo(state: CallState): Transition {
  if (state.phase !== 'talking' || state.kind === 'video' || state.videoRequest === 'asking') return stay(state)
  if (state.videoRequest === 'asked') return onAnswerVideo(state, true)
  return { state: { ...state, videoRequest: 'asking' }, effects: [say(state, ASK)] }
}

export function onAnswerVideo(state: CallState, agree: boolean): Transition {
  if (!isActive(state) || state.videoRequest !== 'asked') return stay(state)
  const answer = say(state, agree ? AGREE : REFUSE)
  if (!agree) return { state: { ...state, videoRequest: 'none' }, effects: [answer] }
  return become('video', state, [answer])
}

export function onVideoRequestOver(state: CallState): Transition {
  if (!isActive(state)) return stay(state)
  switch (state.videoRequest) {
    case 'none':
      return stay(state)
    case 'asking':
      return { state: { ...state, videoRequest: 'unanswered' }, effects: [say(state, TO_AUDIO)] }
    case 'asked':
      return onAnswerVideo(state, false)
    case 'declined':
    case 'unanswered':
      return { state: { ...state, videoRequest: 'none' }, effects: [] }
  }
}

/** To an audio call; in one, it takes back my question. */
export function onSwitchToAudio(state: CallState): Transition {
  if (!isActive(state)) return stay(state)
  if (state.kind === 'video') return become('audio', state, [say(state, TO_AUDIO)])
  if (state.videoRequest !== 'asking') return stay(state)
  return { state: { ...state, videoRequest: 'none' }, effects: [say(state, TO_AUDIO)] }
}

/** Takes the other side's command; null for one that is about something else. */
export function onVideoCommand(state: ActiveCall, command: ControlCommand): Transition | null {
  switch (command) {
    case ASK:
      if (state.kind === 'video') return { state, effects: [say(state, AGREE)] }
      // Both ask: both want it.
      if (state.videoRequest === 'asking') return become('video', state, [])
      return { state: { ...state, videoRequest: 'asked' }, effects: [] }
    case AGREE:
      if (state.kind === 'video') return stay(state)
      // An agreement that comes too late has made a video call over there.
      if (state.videoRequest !== 'asking') return { state, effects: [say(state, TO_AUDIO)] }
      return become('video', state, [])
    case REFUSE:
      return state.videoRequest === 'asking'
        ? { state: { ...state, videoRequest: 'declined' }, effects: [] }
        : stay(state)
    case TO_AUDIO:
      if (state.kind === 'video') return become('audio', state, [])
      return state.videoRequest === 'asked' ? { state: { ...state, videoRequest: 'none' }, effects: [] } : stay(state)
    default:
      return null
  }
}

/** The streams follow the mode, and the recording follows the streams; the other side is told what is recorded now. */
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
          { type: 'tell-recording', peer, cid, wish: wishIn(kind, local.recording) },
        ]
      : []
  // Its picture counts from when it says that there is one.
  const remote = video ? state.remote : withDevices(state.remote, { camera: false })
  return { state: { ...state, kind, local, remote, videoRequest: 'none' }, effects: [...answer, ...told] }
}

function say({ cid }: ActiveCall, command: ControlCommand): CallEffect {
  return { type: 'control', cid, command }
}
