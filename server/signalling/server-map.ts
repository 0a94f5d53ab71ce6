import type { ServerMap } from '../../miniprogram/netcall/protocol'
import type { Address } from '../links/address'

/** Where the media gateway is, seen from a client that reached the service at `address`. */
export function serverMap(address: Address): string {
  const map: ServerMap = {
    wechatapparray: [`${address.host}/gateway`],
    scheme: address.secure ? 'wss' : 'ws',
  }
  return JSON.stringify(map)
}
