/** Effects of local media in a room: messages to the gateway and the members. */
import { CONTROL_COMMAND } from '../../netcall/constants'
import type { Cid, StreamMember } from '../../netcall/types'
import { unchanged, type CallEffect, type OwnMediaEvent, type Transition } from '../events'
import { mediaAfter } from '../local-media'
import { deviceNotice, microphoneNotice } from '../mode'
import { isBusyRoom, isInRoom, type ActiveRoom, type BusyRoom, type CallState, type LocalMedia } from '../state'
import { accountsOf } from './members'

export function onOwnMedia(state: CallState, event: OwnMediaEvent): Transition {
  if (!isBusyRoom(state) || (event.type === 'network' && !isInRoom(state))) return unchanged(state)
  if (isAudience(state) && (event.type === 'microphone' || event.type === 'camera')) return unchanged(state)
  const local = mediaAfter(state.local, state.kind, event)
  if (!local) return unchanged(state)
  // Nothing can be sent before joining or while disconnected; it is sent after that.
  return { state: { ...state, local }, effects: state.phase === 'in' ? toldOf(event, state, local) : [] }
}

/** Messages after (re)joining. */
export function ownNotices(cid: Cid, local: LocalMedia, self: StreamMember | undefined): CallEffect[] {
  const effects: CallEffect[] = []
  if (local.mode !== (self?.mode ?? local.mode)) effects.push({ type: 'switch-mode', mode: local.mode })
  if (local.away) effects.push(awayNotice(cid))
  return effects
}

/** The audience has nothing to switch. */
function isAudience(state: BusyRoom): boolean {
  return 'role' in state && state.role === 'audience'
}

function toldOf(event: OwnMediaEvent, { cid, members }: ActiveRoom, local: LocalMedia): CallEffect[] {
  switch (event.type) {
    case 'flip':
    case 'speaker':
      return []
    case 'away':
      return [mediaNotice(cid, local)]
    case 'network':
      return members.length > 0
        ? [{ type: 'announce-network', cid, to: accountsOf(members), quality: event.quality }]
        : []
    case 'microphone':
    case 'camera':
    case 'camera-failed':
      return [
        { type: 'switch-mode', mode: local.mode },
        { type: 'control', cid, command: deviceNotice(event) },
      ]
  }
}

/** The announcement for the others: away, or the microphone's state, which also ends away. */
export function mediaNotice(cid: Cid, { away, microphone }: LocalMedia): CallEffect {
  return away ? awayNotice(cid) : { type: 'control', cid, command: microphoneNotice(microphone) }
}

function awayNotice(cid: Cid): CallEffect {
  return { type: 'control', cid, command: CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_SELF_ON_BACKGROUND }
}
