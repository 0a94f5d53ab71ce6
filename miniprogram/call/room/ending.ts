import type { RoomEndReason } from '../state'

/** The action offered after a room: open settings, join again, or none. */
export type RoomEndWay = 'settings' | 're-enter' | 'none'

export function wayAfterRoom(reason: RoomEndReason): RoomEndWay {
  switch (reason) {
    case 'microphone-refused':
      return 'settings'
    case 'room-full':
    case 'connection-lost':
    case 'service-unreachable':
    case 'too-often':
    case 'service-stopped':
    case 'failed':
      return 're-enter'
    default:
      return 'none'
  }
}
