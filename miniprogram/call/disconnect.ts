/** End reason of a call's or room's media session. */
import { DISCONNECT_CODE, type DisconnectCode } from '../netcall/constants'

/** `gone`: the reason to use if the channel no longer exists. Returns null if the end is not a failure. */
export function reasonOfDisconnect<Gone extends string>(
  code: DisconnectCode,
  gone: Gone,
): 'connection-lost' | 'kicked' | 'refused' | Gone | null {
  switch (code) {
    case DISCONNECT_CODE.normal:
      return null
    case DISCONNECT_CODE.retriesUsedUp:
      return 'connection-lost'
    case DISCONNECT_CODE.kicked:
      return 'kicked'
    case DISCONNECT_CODE.refused:
    case DISCONNECT_CODE.encryptionRefused:
      return 'refused'
    case DISCONNECT_CODE.roomGone:
      return gone
  }
}
