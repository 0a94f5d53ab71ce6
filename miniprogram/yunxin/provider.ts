/** NetEase's service with its own SDK. Loaded only when signing in there. */
import type { YunxinConfig } from '../netcall/config'
import type { Im } from '../netcall/im'
import type { Netcall } from '../netcall/types'
import { YunxinIm } from './im'
import { YunxinNetcall } from './netcall'
import { loadSdk, type Sdk } from './sdk'

/** Throws a `NetcallError` with reason `not-installed` that names the missing SDK. */
export function checkInstalled(): void {
  loadSdk()
}

/** The account's IM side, to be connected with `connect()`, and its netcall instance. */
export function createYunxin(config: YunxinConfig, sdk: Sdk = loadSdk()): { im: Im; netcall: Netcall } {
  const im = new YunxinIm(config, sdk.NIM)
  return { im, netcall: new YunxinNetcall(im, sdk) }
}
