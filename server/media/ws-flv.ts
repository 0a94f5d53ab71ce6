import type { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { endSoon, GRACE } from './closing'
import type { MediaContext } from './context'
import { BadInput } from './errors'
import { FlvReader, type FlvTag } from './flv'
import { MessagePump } from './message-pump'
import { PublisherWatch } from './publisher-watch'
import type { MediaRoute } from './route'
import type { Place } from './streams'
import type { MediaAction } from './types'

/** Close code of a disconnected client; the reason is the close frame's text. */
const PUT_OUT = 4000
const UNSUPPORTED_DATA = 1003
const PROBLEM_WITH_DATA = 1007
const MAX_REASON = 123
/** Maximum bytes of unsent pongs. */
const MAX_PENDING_PONGS = 64 * 1024

/** FLV over WebSocket: the way for browsers to publish, and another way to play. */
export class WsFlv {
  private readonly server: WebSocketServer

  constructor(private readonly context: MediaContext) {
    this.server = new WebSocketServer({
      noServer: true,
      perMessageDeflate: false,
      autoPong: false,
      // A message may hold several tags.
      maxPayload: 2 * context.limits.messageSize,
    })
  }

  upgrade({ stream, query }: MediaRoute, request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => {})
    const action = query.get('action')
    if (action !== 'publish' && action !== 'play') return refuse(socket, 'action must be publish or play')
    const admission = this.context.authorizer.admit(action, 'ws-flv', stream, query)
    if (!admission.admitted) return refuse(socket, admission.reason)
    this.context.connections.admit(socket)
    if (socket instanceof Socket) {
      socket.setNoDelay(true)
      socket.setKeepAlive(true, 30_000)
    }
    this.server.handleUpgrade(request, socket, head, (ws) => this.enter(action, admission.place, ws))
  }

  close(): void {
    for (const ws of this.server.clients) ws.terminate()
    this.server.close()
  }

  private enter(action: MediaAction, place: Place, ws: WebSocket): void {
    ws.on('error', () => {})
    ws.on('ping', (data) => void (ws.bufferedAmount < MAX_PENDING_PONGS && ws.pong(data)))
    if (action === 'publish') this.publish(place, ws)
    else this.play(place, ws)
  }

  private publish(place: Place, ws: WebSocket): void {
    const { streams, limits, logger } = this.context
    const reader = new FlvReader(limits.messageSize)
    const publishing = streams.publish(place, 'ws-flv', (reason) => closeSoon(ws, PUT_OUT, reason))
    const end = (code: number, reason: string) => {
      pump.end()
      publishing.end(reason)
      closeSoon(ws, code, reason)
    }
    const watch = new PublisherWatch(limits.publisherIdleTime, {
      ask: () => ws.ping(),
      gone: () => end(PUT_OUT, 'the publisher sends no data'),
    })
    ws.on('pong', () => watch.heard())
    const pump = new MessagePump<FlvTag>(
      {
        pause: () => ws.pause(),
        resume: () => ws.resume(),
        take: ({ type, timestamp, payload }) => publishing.push(type, timestamp, payload),
        sizeOf: ({ payload }) => payload.length,
        slowed: () => this.context.limited('publisher-rate'),
        failed(error) {
          if (!(error instanceof BadInput)) logger.error({ err: error }, 'media: WebSocket publisher failed')
          end(PROBLEM_WITH_DATA, error instanceof BadInput ? error.message : 'internal error')
        },
        turn: (work) => work(),
      },
      limits,
    )
    ws.on('message', (data, isBinary) => {
      if (ws.readyState !== ws.OPEN) return
      watch.heard()
      if (!isBinary || !Buffer.isBuffer(data)) return end(UNSUPPORTED_DATA, 'send FLV in binary messages')
      pump.push(reader.read(data))
    })
    ws.on('close', () => {
      watch.end()
      pump.finish()
      publishing.end('the connection closed')
    })
  }

  private play(place: Place, ws: WebSocket): void {
    const viewing = this.context.streams.view(place, {
      protocol: 'ws-flv',
      pending: () => ws.bufferedAmount,
      write: (bytes) => ws.send(bytes),
      close: (reason) => closeSoon(ws, PUT_OUT, reason),
    })
    ws.on('close', () => viewing.end('the connection closed'))
  }
}

function refuse(socket: Duplex, error: string): void {
  const body = JSON.stringify({ error })
  socket.write(
    'HTTP/1.1 403 Forbidden\r\nContent-Type: application/json\r\nConnection: close\r\n' +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
  endSoon(socket)
}

/** Sends the reason; the peer's answer is awaited only briefly. */
function closeSoon(ws: WebSocket, code: number, reason: string): void {
  if (ws.readyState !== ws.OPEN) return
  const timer = setTimeout(() => ws.terminate(), GRACE)
  ws.once('close', () => clearTimeout(timer))
  // Shortened by characters: a reason must not end within one.
  let words = reason
  while (Buffer.byteLength(words) > MAX_REASON) words = words.slice(0, -1)
  ws.close(code, words)
}
