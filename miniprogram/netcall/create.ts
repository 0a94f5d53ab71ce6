/** Creates the configured provider. */
import type * as Yunxin from '../yunxin/provider'
import type { ProviderConfig } from './config'
import { NetcallError } from './errors'
import type { Im } from './im'
import { LocalIm } from './local/im'
import { LocalNetcall } from './local/netcall'
import type { Netcall } from './types'

export interface Provider {
  /** Connects with `connect()`. */
  im: Im
  netcall: Netcall
}

/** An account's IM side and its netcall instance. Rejects with reason `not-installed` if NetEase's SDK is missing. */
export async function createProvider(config: ProviderConfig): Promise<Provider> {
  if (config.provider === 'yunxin') return (await loadYunxin()).createYunxin(config)
  const im = new LocalIm(config)
  return { im, netcall: new LocalNetcall({ im }) }
}

/** Rejects like `createProvider` if NetEase's SDK is missing. */
export async function checkYunxin(): Promise<void> {
  const { checkInstalled } = await loadYunxin()
  checkInstalled()
}

/** In a subpackage: not loaded by apps that use the local service. */
async function loadYunxin(): Promise<typeof Yunxin> {
  try {
    const loaded: typeof Yunxin = await require.async('../yunxin/provider')
    return loaded
  } catch {
    throw new NetcallError('not-connected', 'the subpackage yunxin could not be loaded')
  }
}
