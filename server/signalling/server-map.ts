import type { ServerMap } from '../../miniprogram/netcall/protocol'
import type { Address } from '../links/address'

/** Where the media gateway is, seen from a client that reached the service at `address`; with the member's own ticket. */
export function serverMap(address: Address, ticket: string): string {
  const map: ServerMap = {
    wechatapparray: [`${address.host}/gateway/${ticket}`],
    scheme: address.secure ? 'wss' : 'ws',
  }
  return JSON.stringify(map)
}
