import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { hostname } from 'node:os'
import { addressOf } from '../websocket/address'

/** Mini-programs in WeChat send one of these as origin, or the service's own address, or none. */
const WECHAT = /^(https:\/\/servicewechat\.com|weapp:\/\/[\w.-]+)$/

export interface OwnNames {
  /** As configured (`HOST`, `PUBLIC_URL`). */
  host: string
  publicUrl: string | null
}

/**
 * Checks a request while anybody may sign in by name (`DEV_TOKENS`): web pages of strangers run in browsers that reach this service. They
 * are rejected by `Origin`, and by `Host` if a domain name was made to resolve to this machine (DNS rebinding): only addresses and the
 * service's own names are accepted. Returns null, or the reason.
 */
export function foreignOrigin(request: IncomingMessage, { host, publicUrl }: OwnNames): string | null {
  const address = addressOf(request)
  if (!address) return 'Host: not a host and port'
  const known = publicUrl === null ? null : new URL(publicUrl)
  const name = address.hostname.toLowerCase()
  if (!isLocalName(name) && name !== host.toLowerCase() && name !== known?.hostname) {
    return `Host: ${name} is not a name of this service. Set PUBLIC_URL to add it`
  }
  const { origin } = request.headers
  if (origin === undefined || WECHAT.test(origin)) return null
  const from = URL.canParse(origin) ? new URL(origin).host : null
  if (from !== null && (from === address.host.toLowerCase() || from === known?.host)) return null
  return `Origin: pages of ${origin} are not allowed to use this service`
}

/** Names that strangers cannot make resolve to this machine. */
function isLocalName(name: string): boolean {
  if (isIP(name.replace(/^\[|\]$/g, '')) !== 0) return true
  const own = hostname().toLowerCase()
  return name === 'localhost' || name.endsWith('.localhost') || name === own || name === `${own}.local`
}
