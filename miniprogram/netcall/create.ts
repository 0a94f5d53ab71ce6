/** The one place that chooses a provider. */
import type * as Yunxin from '../yunxin/provider'
import type { ProviderConfig } from './config'
import { NetcallError } from './errors'
import type { Im } from './im'
import { LocalIm } from './local/im'
import { LocalNetcall } from './local/netcall'
import type { Netcall } from './types'

export interface Provider {
  /** Opens with `connect()`. */
  im: Im
  netcall: Netcall
}

/** An account's IM link and its netcall instance. Rejects with reason `not-installed` where NetEase's SDK is not there. */
export async function createProvider(config: ProviderConfig): Promise<Provider> {
  if (config.provider === 'yunxin') return (await loadYunxin()).createYunxin(config)
  const im = new LocalIm(config)
  return { im, netcall: new LocalNetcall({ im }) }
}

/** Rejects as `createProvider` would where NetEase's SDK is not there. */
export async function checkYunxin(): Promise<void> {
  const { checkInstalled } = await loadYunxin()
  checkInstalled()
}

/** A subpackage of its own: who calls through the local service never loads it. */
async function loadYunxin(): Promise<typeof Yunxin> {
  try {
    const loaded: typeof Yunxin = await require.async('../yunxin/provider')
    return loaded
  } catch {
    throw new NetcallError('not-connected', 'the subpackage yunxin could not be loaded')
  }
}
