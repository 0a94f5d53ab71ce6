import { NETCALL_TIMING } from '../constants'
import { endlessBackOff, fixedTries, type ReconnectPolicy } from './reconnect'

/** Every time the local provider waits for, in ms. */
export interface Timing {
  heartbeatInterval: number
  heartbeatTimeout: number
  commandTimeout: number
  /** From dialling to an open socket. */
  openTimeout: number
  keepCallingInterval: number
  /** How long a leaving member waits for the gateway's goodbye. */
  logoutTimeout: number
  gatewayReconnect: ReconnectPolicy
  signalReconnect: ReconnectPolicy
}

export const DEFAULT_TIMING: Timing = {
  heartbeatInterval: NETCALL_TIMING.heartbeatInterval,
  heartbeatTimeout: NETCALL_TIMING.heartbeatTimeout,
  commandTimeout: NETCALL_TIMING.commandTimeout,
  openTimeout: NETCALL_TIMING.commandTimeout,
  keepCallingInterval: NETCALL_TIMING.keepCallingInterval,
  logoutTimeout: 1_000,
  gatewayReconnect: fixedTries(NETCALL_TIMING.reconnectTries, NETCALL_TIMING.reconnectInterval),
  signalReconnect: endlessBackOff(1_000, 15_000),
}
