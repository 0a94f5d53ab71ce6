import type { IncomingMessage, ServerResponse } from 'node:http'
import { endSoon } from './closing'
import type { MediaContext } from './context'
import type { MediaRoute } from './route'

/** Plays a stream as an endless FLV response. */
export function playOverHttp(
  { stream, query }: MediaRoute,
  request: IncomingMessage,
  response: ServerResponse,
  { authorizer, streams }: MediaContext,
): void {
  response.on('error', () => {})
  // The signed URL authorizes the request, from any page.
  response.setHeader('Access-Control-Allow-Origin', '*')
  if (request.method !== 'GET') return refuse(response, 405, 'play streams with GET', { Allow: 'GET' })
  const admission = authorizer.admit('play', 'http-flv', stream, query)
  if (!admission.admitted) return refuse(response, 403, admission.reason)

  request.socket.setNoDelay(true)
  request.socket.setKeepAlive(true, 30_000)
  // No chunked encoding: the stream ends with the connection.
  response.useChunkedEncodingByDefault = false
  response.shouldKeepAlive = false
  response.writeHead(200, {
    'Content-Type': 'video/x-flv',
    'Cache-Control': 'no-store',
    // nginx buffers responses otherwise.
    'X-Accel-Buffering': 'no',
  })
  response.flushHeaders()
  const viewing = streams.view(admission.place, {
    protocol: 'http-flv',
    pending: () => response.writableLength,
    write: (bytes) => void (response.writable && response.write(bytes)),
    close: () => endSoon(response),
  })
  response.on('close', () => viewing.end('the connection closed'))
}

function refuse(response: ServerResponse, status: number, error: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers })
  response.end(JSON.stringify({ error }))
}
