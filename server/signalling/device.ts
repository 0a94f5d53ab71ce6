import {
  NOTIFICATION_ADDRESS,
  type SignalAnswer,
  type SignalNotification,
  type SignalNotificationName,
  type SignalNotifications,
} from '../../miniprogram/netcall/protocol'
import type { Address } from '../websocket/address'
import type { Connection } from '../websocket/connection'

const DROPPED_FIRST: readonly SignalNotificationName[] = ['message', 'presence']

/** A device that is signed in to an account. */
export class Device {
  constructor(
    readonly id: string,
    readonly account: string,
    readonly address: Address,
    /** When its token expires, ms since 1970. */
    readonly expires: number,
    private readonly connection: Connection,
  ) {}

  answer(answer: SignalAnswer): void {
    this.connection.send(answer)
  }

  /** Returns false if it was not sent. Messages and presence are dropped first if the device does not read. */
  notify<N extends SignalNotificationName>(name: N, body: SignalNotifications[N]): boolean {
    const [sid, cid] = NOTIFICATION_ADDRESS[name]
    const notification: SignalNotification = { sid, cid, code: 200, body }
    return DROPPED_FIRST.includes(name) ? this.connection.offer(notification) : this.connection.send(notification)
  }

  close(code: number, reason: string): void {
    this.connection.close(code, reason)
  }
}
