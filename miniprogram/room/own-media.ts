/** My own microphone, camera and the like in a room: what changes, and what the gateway and the others are told of it. */
import { withLocal } from '../call/local-media'
import { cameraNotice, microphoneNotice, withDevices, type Devices } from '../call/mode'
import type { LocalMedia, NetworkQuality } from '../call/state'
import { CONTROL_COMMAND, type ControlCommand } from '../netcall/constants'
import type { Cid, StreamMember } from '../netcall/types'
import { stay, type RoomEffect, type RoomTransition } from './events'
import { accountsOf } from './members'
import { isInRoom, isRoomBusy, type RoomState } from './state'

export function onMicrophone(state: RoomState, on: boolean): RoomTransition {
  return switchOwn(state, { microphone: on }, microphoneNotice(on))
}

export function onCamera(state: RoomState, on: boolean): RoomTransition {
  if (!isRoomBusy(state) || state.kind === 'audio') return stay(state)
  return switchOwn(state, { camera: on }, cameraNotice(on))
}

/** It was refused or does not work: I stay without a picture of mine. */
export function onCameraFailed(state: RoomState): RoomTransition {
  if (!isRoomBusy(state) || !state.local.camera) return stay(state)
  return switchOwn(state, { camera: false }, CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_SELF_CAMERA_INVALID)
}

export function onFlip(state: RoomState): RoomTransition {
  if (!isRoomBusy(state)) return stay(state)
  return { state: withLocal(state, { facing: state.local.facing === 'front' ? 'back' : 'front' }), effects: [] }
}

export function onSpeaker(state: RoomState, on: boolean): RoomTransition {
  return isRoomBusy(state) ? { state: withLocal(state, { speaker: on }), effects: [] } : stay(state)
}

/** Gone, the others hear so once; back, they hear how the microphone is. */
export function onAway(state: RoomState, away: boolean): RoomTransition {
  if (!isRoomBusy(state) || state.local.away === away) return stay(state)
  const next = withLocal(state, { away })
  if (state.phase !== 'in') return { state: next, effects: [] }
  const { cid, local } = state
  const back: RoomEffect = { type: 'control', cid, command: microphoneNotice(local.microphone) }
  return { state: next, effects: [away ? awayNotice(cid) : back] }
}

export function onNetwork(state: RoomState, quality: NetworkQuality): RoomTransition {
  if (!isInRoom(state) || state.local.network === quality) return stay(state)
  const to = accountsOf(state.members)
  const told: RoomEffect[] =
    state.phase === 'in' && to.length > 0 ? [{ type: 'tell-network', cid: state.cid, to, quality }] : []
  return { state: withLocal(state, { network: quality }), effects: told }
}

/** What the gateway and the others are told on entering: nobody could be told anything while the link was down. */
export function ownNotices(cid: Cid, local: LocalMedia, self: StreamMember | undefined): RoomEffect[] {
  const effects: RoomEffect[] = []
  if (local.mode !== (self?.mode ?? local.mode)) effects.push({ type: 'switch-mode', mode: local.mode })
  if (local.away) effects.push(awayNotice(cid))
  return effects
}

function switchOwn(state: RoomState, change: Partial<Devices>, command: ControlCommand): RoomTransition {
  // The audience has nothing to switch.
  if (!isRoomBusy(state) || ('role' in state && state.role === 'audience')) return stay(state)
  const local = withDevices(state.local, change)
  const effects: RoomEffect[] =
    state.phase === 'in'
      ? [
          { type: 'switch-mode', mode: local.mode },
          { type: 'control', cid: state.cid, command },
        ]
      : []
  return { state: withLocal(state, local), effects }
}

function awayNotice(cid: Cid): RoomEffect {
  return { type: 'control', cid, command: CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_SELF_ON_BACKGROUND }
}
