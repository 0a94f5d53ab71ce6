import {
  GATEWAY_COMMAND,
  type GatewayFrame,
  type GatewayPush,
  type GatewayPushes,
} from '../../miniprogram/netcall/protocol'
import type { Address } from '../links/address'
import { LINK_CLOSE, type Link } from '../links/link'
import type { ReadTicket } from './tickets'

/** Which media session a link carries. */
export interface Seat {
  cid: number
  uid: number
  account: string
  stay: number
}

/** One client's link to the gateway: without a seat until its login was let in. */
export class MediaLink {
  seat: Seat | null = null

  constructor(
    readonly address: Address,
    readonly ticket: ReadTicket,
    private readonly link: Link,
  ) {}

  answer(frame: GatewayFrame): void {
    this.link.send(frame)
  }

  push<P extends GatewayPush>(name: P, body: GatewayPushes[P]): void {
    this.link.send({ cmd: GATEWAY_COMMAND[name], body })
  }

  close(reason: string): void {
    this.link.close(LINK_CLOSE.normal, reason)
  }
}
