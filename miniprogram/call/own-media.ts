/** My own microphone, camera and the like: what changes, and what the gateway and the other side are told of it. */
import { CONTROL_COMMAND, type ControlCommand } from '../netcall/constants'
import type { Cid, StreamMember } from '../netcall/types'
import { stay, type CallEffect, type Transition } from './events'
import { withLocal } from './local-media'
import { cameraNotice, microphoneNotice, modeOfCall, withDevices, type Devices } from './mode'
import {
  isActive,
  isBusy,
  type BusyCall,
  type CallKind,
  type CallState,
  type LocalMedia,
  type NetworkQuality,
} from './state'

export function onMicrophone(state: CallState, on: boolean): Transition {
  if (!isBusy(state)) return stay(state)
  return switchOwn(state, { microphone: on }, microphoneNotice(on))
}

export function onCamera(state: CallState, on: boolean): Transition {
  if (!isBusy(state) || state.kind === 'audio') return stay(state)
  return switchOwn(state, { camera: on }, cameraNotice(on))
}

/** It was refused or does not work: the call goes on without a picture of mine. */
export function onCameraFailed(state: CallState): Transition {
  if (!isBusy(state) || !state.local.camera) return stay(state)
  return switchOwn(state, { camera: false }, CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_SELF_CAMERA_INVALID)
}

export function onFlip(state: CallState): Transition {
  if (!isBusy(state)) return stay(state)
  return { state: withLocal(state, { facing: state.local.facing === 'front' ? 'back' : 'front' }), effects: [] }
}

export function onSpeaker(state: CallState, on: boolean): Transition {
  return isBusy(state) ? { state: withLocal(state, { speaker: on }), effects: [] } : stay(state)
}

/** Gone, the other side hears so once; back, it hears how microphone and camera are. */
export function onAway(state: CallState, away: boolean): Transition {
  if (!isBusy(state) || state.local.away === away) return stay(state)
  const next = withLocal(state, { away })
  if (!isActive(state)) return { state: next, effects: [] }
  return { state: next, effects: away ? [awayNotice(state.cid)] : backNotices(state.kind, state.cid, state.local) }
}

export function onNetwork(state: CallState, quality: NetworkQuality): Transition {
  if (!isActive(state) || state.local.network === quality) return stay(state)
  const { peer, cid } = state
  const told: CallEffect[] = state.phase === 'talking' ? [{ type: 'tell-network', peer, cid, quality }] : []
  return { state: withLocal(state, { network: quality }), effects: told }
}

/**
 * What the gateway and the other side are told on entering: a call starts with everything that its kind has on, and
 * nobody could be told anything while the link was down.
 */
export function ownNotices(kind: CallKind, cid: Cid, local: LocalMedia, self: StreamMember | undefined): CallEffect[] {
  const effects: CallEffect[] = []
  if (local.mode !== (self?.mode ?? modeOfCall(kind))) {
    effects.push({ type: 'switch-mode', mode: local.mode })
    if (!local.microphone) effects.push({ type: 'control', cid, command: microphoneNotice(false) })
    if (kind === 'video' && !local.camera) effects.push({ type: 'control', cid, command: cameraNotice(false) })
  }
  if (local.away) effects.push(awayNotice(cid))
  return effects
}

function switchOwn(state: BusyCall, change: Partial<Devices>, command: ControlCommand): Transition {
  const local = withDevices(state.local, change)
  // While the link is down nothing can be told; entering again tells it.
  const effects: CallEffect[] =
    state.phase === 'talking'
      ? [
          { type: 'switch-mode', mode: local.mode },
          { type: 'control', cid: state.cid, command },
        ]
      : []
  return { state: withLocal(state, local), effects }
}

function awayNotice(cid: Cid): CallEffect {
  return { type: 'control', cid, command: CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_SELF_ON_BACKGROUND }
}
function backNotices(kind: CallKind, cid: Cid, { microphone, camera }: LocalMedia): CallEffect[] {
  const notices: CallEffect[] = [{ type: 'control', cid, command: microphoneNotice(microphone) }]
  if (kind === 'video') notices.push({ type: 'control', cid, command: cameraNotice(camera) })
  return notices
}
