import type { IncomingMessage, ServerResponse } from 'node:http'
import { endSoon } from './closing'
import type { MediaContext } from './context'
import type { MediaRoute } from './route'

/** Plays a stream as one endless FLV file. */
export function playOverHttp(
  { stream, query }: MediaRoute,
  request: IncomingMessage,
  response: ServerResponse,
  { door, streams }: MediaContext,
): void {
  response.on('error', () => {})
  // The signed URL is the permission, whatever page asks.
  response.setHeader('Access-Control-Allow-Origin', '*')
  if (request.method !== 'GET') return refuse(response, 405, 'a stream is played with GET', { Allow: 'GET' })
  const admission = door.admit('play', 'http-flv', stream, query)
  if (!admission.admitted) return refuse(response, 403, admission.reason)

  request.socket.setNoDelay(true)
  request.socket.setKeepAlive(true, 30_000)
  // Not in chunks: the stream ends with the connection, and each tag is one piece on the wire.
  response.useChunkedEncodingByDefault = false
  response.shouldKeepAlive = false
  response.writeHead(200, {
    'Content-Type': 'video/x-flv',
    'Cache-Control': 'no-store',
    // nginx otherwise gathers the stream in its buffers first.
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
