import type { ServerMap } from '../../miniprogram/netcall/protocol'
import type { Address } from '../websocket/address'

/** The media gateway's URL for a client that reached the service at `address`, with the member's ticket. */
export function serverMap(address: Address, ticket: string): string {
  const map: ServerMap = {
    wechatapparray: [`${address.host}/gateway/${ticket}`],
    scheme: address.secure ? 'wss' : 'ws',
  }
  return JSON.stringify(map)
}
