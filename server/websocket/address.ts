import type { IncomingMessage } from 'node:http'
import { TLSSocket } from 'node:tls'

/** How a client reached the service: the base of the URLs that it is given. */
export interface Address {
  /** `host[:port]`, from the Host header. */
  host: string
  /** Without the port. */
  hostname: string
  secure: boolean
}

const HOST_RULE = /^(\[[0-9a-fA-F:.]+\]|[\w.-]+)(:\d{1,5})?$/

/** The address from a request's headers; null if the Host header is invalid. */
export function addressOf(request: IncomingMessage): Address | null {
  const host = request.headers.host ?? ''
  const hostname = HOST_RULE.exec(host)?.[1]
  if (hostname === undefined) return null
  const forwarded = [request.headers['x-forwarded-proto']].flat().join(',').split(',')[0]?.trim()
  const secure = forwarded ? forwarded === 'https' || forwarded === 'wss' : request.socket instanceof TLSSocket
  return { host, hostname, secure }
}

/** The request's URL; null if it cannot be parsed. */
export function urlOf(request: IncomingMessage): URL | null {
  const base = 'http://service'
  const target = request.url ?? ''
  return URL.canParse(target, base) ? new URL(target, base) : null
}
