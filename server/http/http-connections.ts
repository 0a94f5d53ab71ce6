import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Connections } from '../connections'
import type { RequestRates } from './request-rates'

/** Maximum number of pipelined requests. Browsers and phones send one at a time. */
const MOST_UNANSWERED = 16

/**
 * Registers the HTTP server's connections. A connection is admitted from the moment a request is read until its last answer is sent.
 * Upgrades are admitted by their upgrade handler.
 * @param shared whether all clients share the address of a proxy
 */
export function registerConnections(
  server: Server,
  connections: Connections,
  rates: Pick<RequestRates, 'isBlocked' | 'punish'>,
  shared: boolean,
): void {
  /** Unanswered requests; clients may pipeline them. */
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
