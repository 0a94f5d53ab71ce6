import type { RoomEndReason } from './state'

/** What the end of a room offers: the settings that forbid to speak, to go in again, or nothing. */
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
