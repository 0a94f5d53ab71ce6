/** What a provider is made from. */
import type { CallIm } from './im'

export type ProviderName = 'local' | 'yunxin'

/** The call service of this project. */
export interface LocalImConfig {
  /** `http://host:port` or `https://…` */
  service: string
  account: string
  token: string
}
/** NetEase's service. The token is the account's own, given by the app's server. */
export interface YunxinConfig {
  appKey: string
  account: string
  token: string
}
export type ProviderConfig = ({ provider: 'local' } & LocalImConfig) | ({ provider: 'yunxin' } & YunxinConfig)

export interface LocalNetcallConfig {
  im: CallIm
  /** Writes each event's name to the console. */
  debug?: boolean
}
