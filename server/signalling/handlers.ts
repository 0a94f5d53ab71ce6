import type { SignalMethod, SignalMethods } from '../../miniprogram/netcall/protocol'
import type { Channels } from '../channels/channels'
import type { Tickets } from '../gateway/tickets'
import type { Device } from './device'
import type { Budgets } from './budgets'
import type { Devices } from './devices'

/** Accounts that have signed in. */
export interface Accounts {
  has(account: string): boolean
  /** A page of accounts sorted by name, after `after`; null if contacts are off. */
  list: ((after: string, limit: number) => string[]) | null
}

/** Dependencies of the handlers. */
export interface SignalContext {
  channels: Channels
  devices: Devices
  accounts: Accounts
  budgets: Budgets
  /** Issues the tickets in gateway URLs. */
  tickets: Pick<Tickets, 'issue'>
}

/** Handles a request of one device and returns the answer. Throws a `Refusal` if it cannot. */
type Handler<M extends SignalMethod> = (device: Device, body: SignalMethods[M]['body']) => SignalMethods[M]['answer']
export type Handlers<M extends SignalMethod = SignalMethod> = { [Name in M]: Handler<Name> }
