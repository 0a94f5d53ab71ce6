/** NetEase's service with its own SDK. Loaded only by who signs in there. */
import type { YunxinConfig } from '../netcall/config'
import type { Im } from '../netcall/im'
import type { Netcall } from '../netcall/types'
import { YunxinIm } from './im'
import { YunxinNetcall } from './netcall'
import { loadSdk, type Sdk } from './sdk'

/** Throws a `NetcallError` with reason `not-installed` that says which SDK is missing. */
export function checkInstalled(): void {
  loadSdk()
}

/** The account's IM link, which opens with `connect()`, and the netcall instance on it. */
export function createYunxin(config: YunxinConfig, sdk: Sdk = loadSdk()): { im: Im; netcall: Netcall } {
  const im = new YunxinIm(config, sdk.NIM)
  return { im, netcall: new YunxinNetcall(im, sdk) }
}
