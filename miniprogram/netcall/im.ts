/**
 * The IM side of a provider: who I am, and what an app needs around a call, contacts with presence and custom messages.
 * Every provider brings one.
 */
import type { Account, Cid } from './types'
import type { Contact, SignalMethods, SignalNotifications } from './protocol'

type Call<M extends keyof SignalMethods> = (body: SignalMethods[M]['body']) => Promise<SignalMethods[M]['answer']>

/** Event name → payload. The names of service 9's notifications are the contract's. */
export interface ImEvents extends Omit<SignalNotifications, 'welcome' | 'kicked'> {
  /** The link is up (the first time and after each reconnect). `calls`: mine that ring or run, where the service says so. */
  connect: { reconnected: boolean; calls?: Cid[] | undefined }
  /** The link broke; try number `count` follows. */
  willreconnect: { count: number }
  /** The link is down for good: signed out, put out, or refused. */
  disconnect: { reason: 'signed-out' | 'kicked' | 'unauthorized' | 'bad-request'; message: string }
}
export type ImEventName = keyof ImEvents

export interface Im {
  readonly account: Account
  readonly options: { readonly appKey: string; readonly token: string }
  /** Whether the link is up now. */
  readonly connected: boolean
  /** Resolves when the service has let the account in; rejects when it refuses or cannot be reached in time. */
  connect(): Promise<void>
  disconnect(): void

  /** Everyone the account can call, with presence; changes come as `presence`. */
  contacts(): Promise<Contact[]>
  /** A custom message to an account's devices that are online now; arrives there as `message`. */
  sendCustomMessage(message: { to: Account; content: string }): Promise<{ timetag: number }>

  on<E extends ImEventName>(event: E, listener: (payload: ImEvents[E]) => void): void
  removeListener<E extends ImEventName>(event: E, listener: (payload: ImEvents[E]) => void): void
}

/** What a call SDK rests on (the contract's `nim`): the IM side with service 9. */
export interface CallIm extends Im {
  readonly protocol: {
    /** The channel that the IM side keeps alive; nothing forgets it. */
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
