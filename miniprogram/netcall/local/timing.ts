import { NETCALL_TIMING } from '../constants'
import { endlessBackOff, fixedTries } from './reconnect'

/** A break is often over at once. */
const FIRST_TRY = 300

/**
 * Every time the local provider waits for, in ms. The gateway's tries take 0.3 + 8 × 5 s at most, from a break that is noticed
 * after 13 s at the latest. The service, which notices after 12 s, keeps the place for 45 s: who comes back later learns that
 * the call is gone.
 */
export const TIMING = {
  heartbeatInterval: NETCALL_TIMING.heartbeatInterval,
  heartbeatTimeout: NETCALL_TIMING.heartbeatTimeout,
  commandTimeout: NETCALL_TIMING.commandTimeout,
  /** How soon a connection that the app's return or a new network put in doubt must answer. */
  probeTimeout: 2_500,
  keepCallingInterval: NETCALL_TIMING.keepCallingInterval,
  /** How long a leaving member waits for the gateway's goodbye. */
  logoutTimeout: 1_000,
  gatewayReconnect: fixedTries(NETCALL_TIMING.reconnectTries, FIRST_TRY, NETCALL_TIMING.reconnectInterval),
  signalReconnect: endlessBackOff(FIRST_TRY, 1_000, 15_000, NETCALL_TIMING.commandTimeout),
}
