import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Connections } from '../connections'
import type { RequestRates } from './request-rates'

/** Requests of one connection that may be waiting. Browsers and phones send one after the other. */
const MOST_UNANSWERED = 16

/**
 * Registers the HTTP server's connections. One is admitted while it is answered: from the moment that a request was read to its end until its
 * last answer is sent. Upgrades are admitted by the part of the service that takes them.
 * @param shared whether a proxy's address is shared by all
 */
export function registerConnections(
  server: Server,
  connections: Connections,
  rates: Pick<RequestRates, 'isBlocked' | 'punish'>,
  shared: boolean,
): void {
  /** Requests that are not answered yet; clients may send several at once. */
  const running = new WeakMap<Duplex, number>()
  server.on('connection', (socket) => {
    if (rates.isBlocked(socket)) socket.destroy()
    else connections.open(socket, shared)
  })
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request
    const unanswered = (running.get(socket) ?? 0) + 1
    running.set(socket, unanswered)
    if (unanswered > MOST_UNANSWERED) {
      if (!socket.destroyed) rates.punish(socket)
      socket.destroy()
      return
    }
    if (hasBody(request)) request.once('end', () => connections.admit(socket))
    else connections.admit(socket)
    response.once('close', () => {
      const left = (running.get(socket) ?? 1) - 1
      running.set(socket, left)
      if (left === 0) connections.suspend(socket)
    })
  })
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}
