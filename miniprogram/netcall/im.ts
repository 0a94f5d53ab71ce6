/** The IM side of a provider: the account, contacts with presence, and custom messages. */
import type { Account, Cid } from './types'
import type { Contact, SignalMethods, SignalNotifications } from './protocol'

type Call<M extends keyof SignalMethods> = (body: SignalMethods[M]['body']) => Promise<SignalMethods[M]['answer']>

/** Event name → payload. Names of service 9's notifications are the contract's. */
export interface ImEvents extends Omit<SignalNotifications, 'welcome' | 'kicked'> {
  /** Connected, first or again. `calls`: the account's ringing and running calls, if the service sends them. */
  connect: { reconnected: boolean; calls?: Cid[] | undefined }
  /** The connection was lost; attempt number `count` follows. */
  willreconnect: { count: number }
  /**
   * The token expires within a minute, or has expired: the service refused it at a reconnect. Answer with `renew`; 30 s after a refusal the
   * account is disconnected.
   */
  tokenExpiring: Record<string, never>
  /** Disconnected for good: signed out, kicked, or refused. */
  disconnect: { reason: 'signed-out' | 'kicked' | 'unauthorized' | 'bad-request'; message: string }
}
export type ImEventName = keyof ImEvents

export interface Im {
  readonly account: Account
  /** The current token. */
  readonly options: { readonly appKey: string; readonly token: string }
  /** Whether it is connected. */
  readonly connected: boolean
  /** Resolves when the service has accepted the account; rejects if it refuses or cannot be reached in time. */
  connect(): Promise<void>
  disconnect(): void
  /** A new token of the account, for later connections and requests; running calls and connections stay. */
  renew(token: string): void

  /** All accounts that can be called, with presence; changes are emitted as `presence`. */
  contacts(): Promise<Contact[]>
  /** Sends a custom message to an account's online devices, which emit it as `message`. */
  sendCustomMessage(message: { to: Account; content: string }): Promise<{ timetag: number }>

  on<E extends ImEventName>(event: E, listener: (payload: ImEvents[E]) => void): void
  removeListener<E extends ImEventName>(event: E, listener: (payload: ImEvents[E]) => void): void
}

/** The IM side with service 9, as a call SDK needs it (the contract's `nim`). */
export interface CallIm extends Im {
  readonly protocol: {
    /** The channel of the IM side; kept until it is replaced. */
    setCurrentNetcall(channelId?: number): void
  }
  initNetcall: Call<'initNetcall'>
  keepCalling: Call<'keepCalling'>
  calleeAck: Call<'calleeAck'>
  hangup: Call<'hangup'>
  netcallControl: Call<'netcallControl'>
  createChannel: Call<'createChannel'>
  joinChannel: Call<'joinChannel'>
  queryAccountUidMap: Call<'queryAccountUidMap'>
}
