import {
  GATEWAY_COMMAND,
  type GatewayFrame,
  type GatewayPush,
  type GatewayPushes,
} from '../../miniprogram/netcall/protocol'
import type { Address } from '../websocket/address'
import { CLOSE_CODE, type Connection } from '../websocket/connection'
import type { ReadTicket } from './tickets'

/** The media session that a connection is logged in to. */
export interface GatewaySession {
  cid: number
  uid: number
  account: string
  epoch: number
}

/** A client's connection to the gateway. Its session is null before login. */
export class GatewayConnection {
  session: GatewaySession | null = null

  constructor(
    readonly address: Address,
    readonly ticket: ReadTicket,
    private readonly connection: Connection,
  ) {}

  answer(frame: GatewayFrame): void {
    this.connection.send(frame)
  }

  push<P extends GatewayPush>(name: P, body: GatewayPushes[P]): void {
    this.connection.send({ cmd: GATEWAY_COMMAND[name], body })
  }

  close(reason: string): void {
    this.connection.close(CLOSE_CODE.normal, reason)
  }
}
