/** Configuration of a provider. */
import type { CallIm } from './im'

export type ProviderName = 'local' | 'yunxin'

/** This project's call service. */
export interface LocalImConfig {
  /** `http://host:port` or `https://…` */
  service: string
  account: string
  token: string
}
/** NetEase's service. The token is the account's, from the app's server. */
export interface YunxinConfig {
  appKey: string
  account: string
  token: string
}
export type ProviderConfig = ({ provider: 'local' } & LocalImConfig) | ({ provider: 'yunxin' } & YunxinConfig)

export interface LocalNetcallConfig {
  im: CallIm
  /** Logs event names to the console. */
  debug?: boolean
}
