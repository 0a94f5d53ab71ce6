/** The one place that chooses a provider. */
import type { Im } from './im'
import type { Netcall } from './types'
import { LocalIm } from './local/im'
import { LocalNetcall } from './local/netcall'

export interface ImConfig {
  provider: 'local'
  /** The call service, `http://host:port` or `https://…`. */
  service: string
  account: string
  token: string
}
export interface NetcallConfig {
  provider: 'local'
  im: Im
  debug?: boolean
}

/** An IM link for the account. It opens with `connect()`. */
export function createIm(config: ImConfig): Im {
  return new LocalIm(config)
}

/** The netcall instance (the contract's `Netcall.getInstance({ nim, debug })`). */
export function createNetcall(config: NetcallConfig): Netcall {
  return new LocalNetcall(config)
}
