import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { addressKey } from '../connections'

/**
 * The client's address, for limits. Behind proxies it is taken from `X-Forwarded-For`: each proxy appends the address that connected to it;
 * entries further left may be forged by the client.
 * @param trustedHops number of the operator's own proxies; 0 ignores the header
 */
export function clientAddress(request: IncomingMessage, trustedHops: number): string {
  const peer = request.socket.remoteAddress ?? ''
  const forwarded = [request.headers['x-forwarded-for']].flat().join(',').split(',')
  const chain = [...forwarded.map((entry) => entry.trim()).filter((entry) => isIP(entry) !== 0), peer]
  return addressKey(chain.at(-1 - Math.min(trustedHops, chain.length - 1)) ?? peer)
}
