/** The one place that chooses a provider. */
import type { ImConfig, NetcallConfig } from './config'
import type { Im } from './im'
import { LocalIm } from './local/im'
import { LocalNetcall } from './local/netcall'
import type { Netcall } from './types'

/** An IM link for the account. It opens with `connect()`. */
export function createIm(config: ImConfig): Im {
  return new LocalIm(config)
}

/** The netcall instance (the contract's `Netcall.getInstance({ nim, debug })`). */
export function createNetcall(config: NetcallConfig): Netcall {
  return new LocalNetcall(config)
}
