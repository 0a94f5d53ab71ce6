import { WebSocketServer, type RawData, type WebSocket } from 'ws'
import { TokenBucket } from '../token-bucket'

export interface ConnectionRules {
  /** A connection that sends nothing for this long is closed, ms. */
  silence: number
  /** Frames per second, pings included; the burst is one second's worth. */
  framesPerSecond: number
  /** Bytes per second, and burst. */
  bytes: { perSecond: number; burst: number }
}
export interface ConnectionHandlers {
  /** A frame arrived: its JSON, or `NOT_JSON`. */
  frame(value: unknown): void
  /** The connection has ended, from either side. Called once. */
  gone(reason: string): void
  /** The connection was closed for exceeding its rate. */
  limited?(): void
}

export const NOT_JSON = Symbol('not JSON')

/** Close codes of both sockets, besides those of the contract. Clients may reconnect after them. */
export const CLOSE_CODE = { normal: 1000, serviceStops: 1001, tooManyFrames: 1008, failed: 1011, silent: 4408 } as const

const MAX_FRAME_BYTES = 64 * 1024
/** Maximum bytes queued for a client that does not read. */
const MAX_BACKLOG = 1024 * 1024
/** Maximum bytes of queued pongs. */
const MAX_PENDING_PONGS = 64 * 1024
/** How long a client may take to answer the close frame, ms. */
const GOODBYE = 1_000
const MAX_REASON_BYTES = 123

/** A WebSocket server for upgrades; larger frames end their connection with 1009. */
export function createSocketServer(): WebSocketServer {
  return new WebSocketServer({
    noServer: true,
    maxPayload: MAX_FRAME_BYTES,
    perMessageDeflate: false,
    clientTracking: true,
    // Pings count as frames, see `Connection`.
    autoPong: false,
  })
}

/** Closes all connections of the server. Resolves when they have ended. */
export async function closeSocketServer(socketServer: WebSocketServer): Promise<void> {
  // First, so that no new connection is accepted.
  socketServer.close()
  const ends = [...socketServer.clients].map(
    (socket) =>
      new Promise<void>((resolve) => (socket.readyState === socket.CLOSED ? resolve() : socket.once('close', resolve))),
  )
  for (const socket of socketServer.clients) closeSocket(socket, CLOSE_CODE.serviceStops, 'the service stops')
  await Promise.all(ends)
}

/** Sends a close frame with the reason; terminates a peer that does not answer. */
export function closeSocket(socket: WebSocket, code: number, reason: string): void {
  if (socket.readyState === socket.CLOSED) return
  socket.on('error', () => {})
  socket.close(code, fit(reason))
  const cut = setTimeout(() => socket.terminate(), GOODBYE)
  socket.once('close', () => clearTimeout(cut))
}

/** A client's WebSocket connection: JSON text frames, with limits on silence, rate and backlog. */
export class Connection {
  private open = true
  private readonly silence: NodeJS.Timeout
  private readonly frames: TokenBucket
  private readonly bytes: TokenBucket

  constructor(
    private readonly socket: WebSocket,
    private readonly rules: ConnectionRules,
    private readonly handlers: ConnectionHandlers,
  ) {
    this.frames = new TokenBucket(rules.framesPerSecond, rules.framesPerSecond)
    this.bytes = new TokenBucket(rules.bytes.perSecond, rules.bytes.burst)
    this.silence = setTimeout(
      () => this.close(CLOSE_CODE.silent, `no message for ${rules.silence} ms; send heartbeats`),
      rules.silence,
    )
    socket.on('message', (data, isBinary) => this.receive(data, isBinary))
    socket.on('ping', (data) => this.pong(data))
    socket.on('error', (error) => this.end(error.message))
    socket.on('close', (code) => this.end(`closed by the client (${code})`))
  }

  get isOpen(): boolean {
    return this.open
  }

  /** Returns false if the connection is closed. It is terminated here if the client does not read. */
  send(frame: object): boolean {
    if (!this.open) return false
    if (this.socket.bufferedAmount > MAX_BACKLOG) {
      this.end('the client does not read')
      this.socket.terminate()
      return false
    }
    this.socket.send(JSON.stringify(frame))
    return true
  }

  /** Sends a frame that may be dropped. Returns false if it was, because a quarter of the maximum backlog is queued. */
  offer(frame: object): boolean {
    return this.socket.bufferedAmount <= MAX_BACKLOG / 4 && this.send(frame)
  }

  close(code: number, reason: string): void {
    if (!this.open) return
    closeSocket(this.socket, code, reason)
    this.end(reason)
  }

  private receive(data: RawData, isBinary: boolean): void {
    if (!this.open) return
    this.silence.refresh()
    const bytes = Buffer.isBuffer(data) ? data.length : 0
    if (!this.isWithinRules(bytes)) return
    this.handlers.frame(Buffer.isBuffer(data) && !isBinary ? parseFrame(data) : NOT_JSON)
  }

  /** Answers a ping. Pings are not a sign of life; the contract's heartbeats are. */
  private pong(data: Buffer): void {
    if (!this.open || !this.isWithinRules(data.length)) return
    if (this.socket.bufferedAmount < MAX_PENDING_PONGS) this.socket.pong(data)
  }

  /** Checks the rate limits and closes the connection above them. */
  private isWithinRules(bytes: number): boolean {
    const { framesPerSecond, bytes: most } = this.rules
    const [frames, size] = [this.frames.take(), this.bytes.take(bytes)]
    if (!frames || !size) this.handlers.limited?.()
    if (!frames) this.close(CLOSE_CODE.tooManyFrames, `more than ${framesPerSecond} frames a second`)
    else if (!size) this.close(CLOSE_CODE.tooManyFrames, `more than ${most.perSecond} bytes a second`)
    return frames && size
  }

  private end(reason: string): void {
    if (!this.open) return
    this.open = false
    clearTimeout(this.silence)
    this.handlers.gone(reason)
  }
}

/** A text frame's JSON, or `NOT_JSON`. */
export function parseFrame(data: Buffer): unknown {
  try {
    const value: unknown = JSON.parse(data.toString())
    return value
  } catch {
    return NOT_JSON
  }
}

/** Close reasons may have 123 bytes. */
function fit(reason: string): string {
  const bytes = Buffer.from(reason)
  return bytes.length <= MAX_REASON_BYTES
    ? reason
    : bytes
        .subarray(0, MAX_REASON_BYTES - 3)
        .toString()
        .replace(/\uFFFD$/, '')
}
