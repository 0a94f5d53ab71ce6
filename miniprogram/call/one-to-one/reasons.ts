/** End reasons of a call, from the provider's errors and events. */
import { CODE, type DisconnectCode } from '../../netcall/constants'
import { NetcallError } from '../../netcall/errors'
import { ROOM_CLOSE_REASON } from '../../netcall/protocol'
import { reasonOfDisconnect } from '../disconnect'
import type { CloseReason } from '../events'
import type { CallState, EndReason } from '../state'

/** A failed step of the call. */
export function reasonOfError(error: unknown): EndReason {
  if (!(error instanceof NetcallError)) return 'failed'
  switch (error.reason) {
    case 'callee-offline':
      return 'peer-offline'
    case 'timeout':
    case 'not-connected':
      return 'service-unreachable'
    case 'refused':
    case 'too-often':
      return error.reason
    default:
      return 'failed'
  }
}

/** The answer found no call: the caller had hung up. */
export function reasonOfAnswer(error: unknown): EndReason {
  return error instanceof NetcallError && error.code === CODE.notFound ? 'peer-cancelled' : reasonOfError(error)
}

/** The media session ended; null if that is not a failure. */
export function reasonOfCallDisconnect(code: DisconnectCode, phase: CallState['phase']): EndReason | null {
  return reasonOfDisconnect(code, phase === 'reconnecting' || phase === 'outgoing' ? 'call-gone' : 'room-closed')
}

/** Why the service closed the call; undefined if the peer hung up. */
export function reasonOfClose(reason: string): CloseReason | undefined {
  switch (reason) {
    case ROOM_CLOSE_REASON.lost:
      return 'peer-lost'
    case ROOM_CLOSE_REASON.serviceStopped:
      return 'service-stopped'
    case ROOM_CLOSE_REASON.closed:
      return 'room-closed'
    default:
      return undefined
  }
}
