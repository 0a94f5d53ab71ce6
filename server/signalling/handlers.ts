import type { SignalMethod, SignalMethods } from '../../miniprogram/netcall/protocol'
import type { Channels } from '../channels/channels'
import type { Tickets } from '../gateway/tickets'
import type { Device } from './device'
import type { Devices } from './devices'

/** What the services of the IM side work with. */
export interface SignalContext {
  channels: Channels
  devices: Devices
  /** Every account that the service knows. */
  accounts: () => string[]
  /** A member's address of the gateway is signed with it. */
  tickets: Pick<Tickets, 'issue'>
}

/** Does a request of one device and gives the answer; throws a `Refusal` where it does not. */
export type Handler<M extends SignalMethod> = (
  device: Device,
  body: SignalMethods[M]['body'],
) => SignalMethods[M]['answer']
export type Handlers<M extends SignalMethod = SignalMethod> = { [Name in M]: Handler<Name> }
