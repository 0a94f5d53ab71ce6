import { NETCALL_TIMING } from '../constants'
import { endlessBackOff, fixedTries } from './reconnect'

/** Interruptions are often short. */
const FIRST_TRY = 300

/**
 * Timings of the local provider, ms. The gateway attempts take at most 0.3 + 8 × 5 s, after a loss that is noticed within 13 s. The service
 * notices within 12 s and keeps the session for 45 s: after that the call is gone.
 */
export const TIMING = {
  heartbeatInterval: NETCALL_TIMING.heartbeatInterval,
  heartbeatTimeout: NETCALL_TIMING.heartbeatTimeout,
  commandTimeout: NETCALL_TIMING.commandTimeout,
  /** Timeout of probing a connection after the app or network came back. */
  probeTimeout: 2_500,
  keepCallingInterval: NETCALL_TIMING.keepCallingInterval,
  /** How long a leaving member waits for the gateway's answer. */
  logoutTimeout: 1_000,
  /** How long an expired token can be renewed. */
  tokenRenewal: 30_000,
  gatewayReconnect: fixedTries(NETCALL_TIMING.reconnectTries, FIRST_TRY, NETCALL_TIMING.reconnectInterval),
  signalReconnect: endlessBackOff(FIRST_TRY, 1_000, 15_000, NETCALL_TIMING.commandTimeout),
}
