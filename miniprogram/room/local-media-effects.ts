/** Effects of local media in a room: messages to the gateway and the members. */
import type { OwnMediaEvent } from '../call/events'
import { mediaAfter } from '../call/local-media'
import { deviceNotice, microphoneNotice } from '../call/mode'
import type { LocalMedia } from '../call/state'
import { CONTROL_COMMAND } from '../netcall/constants'
import type { Cid, StreamMember } from '../netcall/types'
import { unchanged, type RoomEffect, type RoomTransition } from './events'
import { accountsOf } from './members'
import { isInRoom, isRoomBusy, type ActiveRoom, type BusyRoom, type RoomState } from './state'

export function onOwnMedia(state: RoomState, event: OwnMediaEvent): RoomTransition {
  if (!isRoomBusy(state) || (event.type === 'network' && !isInRoom(state))) return unchanged(state)
  if (isAudience(state) && (event.type === 'microphone' || event.type === 'camera')) return unchanged(state)
  const local = mediaAfter(state.local, state.kind, event)
  if (!local) return unchanged(state)
  // Nothing can be sent before joining or while disconnected; it is sent after that.
  return { state: { ...state, local }, effects: state.phase === 'in' ? toldOf(event, state, local) : [] }
}

/** Messages after (re)joining. */
export function ownNotices(cid: Cid, local: LocalMedia, self: StreamMember | undefined): RoomEffect[] {
  const effects: RoomEffect[] = []
  if (local.mode !== (self?.mode ?? local.mode)) effects.push({ type: 'switch-mode', mode: local.mode })
  if (local.away) effects.push(awayNotice(cid))
  return effects
}

/** The audience has nothing to switch. */
function isAudience(state: BusyRoom): boolean {
  return 'role' in state && state.role === 'audience'
}

function toldOf(event: OwnMediaEvent, { cid, members }: ActiveRoom, local: LocalMedia): RoomEffect[] {
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
export function mediaNotice(cid: Cid, { away, microphone }: LocalMedia): RoomEffect {
  return away ? awayNotice(cid) : { type: 'control', cid, command: microphoneNotice(microphone) }
}

function awayNotice(cid: Cid): RoomEffect {
  return { type: 'control', cid, command: CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_SELF_ON_BACKGROUND }
}
