/** End reasons of a room, from the provider's errors and events. */
import { reasonOfDisconnect } from '../disconnect'
import { CODE, type DisconnectCode } from '../../netcall/constants'
import { NetcallError } from '../../netcall/errors'
import { KICK_REASON, ROOM_CLOSE_REASON } from '../../netcall/protocol'
import type { RoomEndReason, RoomState } from '../state'

/** Joining failed. */
export function reasonOfEntry(error: unknown): RoomEndReason {
  if (!(error instanceof NetcallError)) return 'failed'
  switch (error.reason) {
    case 'room-full':
    case 'too-often':
      return error.reason
    case 'timeout':
    case 'not-connected':
      return 'service-unreachable'
    case 'refused':
      return error.code === CODE.roomGone ? 'room-closed' : 'refused'
    default:
      return 'failed'
  }
}

export function reasonOfKick(reason: string): RoomEndReason {
  return reason === KICK_REASON.replaced ? 'replaced' : 'kicked'
}

export function reasonOfRoomClose(reason: string): RoomEndReason {
  return reason === ROOM_CLOSE_REASON.serviceStopped ? 'service-stopped' : 'room-closed'
}

/** The media session ended; null if that is not a failure. */
export function reasonOfRoomDisconnect(code: DisconnectCode, phase: RoomState['phase']): RoomEndReason | null {
  return reasonOfDisconnect(code, phase === 'reconnecting' ? 'room-gone' : 'room-closed')
}
