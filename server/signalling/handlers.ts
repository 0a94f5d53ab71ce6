import type { SignalMethod, SignalMethods } from '../../miniprogram/netcall/protocol'
import type { Channels } from '../channels/channels'
import type { Tickets } from '../gateway/tickets'
import type { Device } from './device'
import type { Budgets } from './budgets'
import type { Devices } from './devices'

/** The accounts that have signed in. */
export interface Accounts {
  has(account: string): boolean
  /** A page of them, sorted by name, beginning after `after`; null if contacts are off. */
  list: ((after: string, limit: number) => string[]) | null
}

/** What the services of the IM side work with. */
export interface SignalContext {
  channels: Channels
  devices: Devices
  accounts: Accounts
  budgets: Budgets
  /** Makes the tickets in the gateway's addresses. */
  tickets: Pick<Tickets, 'issue'>
}

/** Does a request of one device and gives the answer; throws a `Refusal` where it does not. */
export type Handler<M extends SignalMethod> = (
  device: Device,
  body: SignalMethods[M]['body'],
) => SignalMethods[M]['answer']
export type Handlers<M extends SignalMethod = SignalMethod> = { [Name in M]: Handler<Name> }
