/** What a provider is made from. */
import type { Im } from './im'

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
  /** Writes each event's name to the console. */
  debug?: boolean
}
