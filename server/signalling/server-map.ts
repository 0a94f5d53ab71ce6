import type { ServerMap } from '../../miniprogram/netcall/protocol'
import type { Address } from '../links/address'

/**
 * Where the media gateway is, seen from a client that reached the service at `address`. In a room the way is one for the
 * member's `stay`: the gateway tells by it a device that comes back from one whose place another device has taken.
 */
export function serverMap(address: Address, stay?: number): string {
  const map: ServerMap = {
    wechatapparray: [`${address.host}/gateway${stay === undefined ? '' : `/${stay}`}`],
    scheme: address.secure ? 'wss' : 'ws',
  }
  return JSON.stringify(map)
}
