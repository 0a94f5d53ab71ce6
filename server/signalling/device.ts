import {
  NOTIFICATION_ADDRESS,
  type SignalAnswer,
  type SignalNotification,
  type SignalNotificationName,
  type SignalNotifications,
} from '../../miniprogram/netcall/protocol'
import type { Address } from '../links/address'
import type { Link } from '../links/link'

/** One device that an account is signed in with. */
export class Device {
  constructor(
    readonly id: string,
    readonly account: string,
    readonly address: Address,
    private readonly link: Link,
  ) {}

  answer(answer: SignalAnswer): void {
    this.link.send(answer)
  }

  notify<N extends SignalNotificationName>(name: N, body: SignalNotifications[N]): void {
    const [sid, cid] = NOTIFICATION_ADDRESS[name]
    const notification: SignalNotification = { sid, cid, code: 200, body }
    this.link.send(notification)
  }

  close(code: number, reason: string): void {
    this.link.close(code, reason)
  }
}
