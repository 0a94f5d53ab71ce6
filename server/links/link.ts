import { WebSocketServer, type RawData, type WebSocket } from 'ws'
import { TokenBucket } from '../token-bucket'

export interface LinkRules {
  /** A link that says nothing for this long is dead, ms. */
  silence: number
  /** Frames a second, pings included, on average; a second's worth may come at once. */
  framesPerSecond: number
  /** Bytes a second, on average; `burst` may come at once. */
  bytes: { perSecond: number; burst: number }
}
export interface LinkDuties {
  /** A frame came: its JSON, or `NOT_JSON`. */
  frame(value: unknown): void
  /** The link is gone, whoever ended it. Called once. */
  gone(reason: string): void
  /** It was closed for sending too much. */
  limited?(): void
}

export const NOT_JSON = Symbol('not JSON')

/** Close codes of both sockets, beside those of the contract. A client may come back after them. */
export const LINK_CLOSE = { normal: 1000, serviceStops: 1001, tooManyFrames: 1008, failed: 1011, silent: 4408 } as const

const MAX_FRAME_BYTES = 64 * 1024
/** What a client that does not read may have waiting, bytes. */
const MAX_BACKLOG = 1024 * 1024
/** Pongs are not worth more memory than this, bytes. */
const MAX_PENDING_PONGS = 64 * 1024
/** How long a closed link may take over its goodbye, ms. */
const GOODBYE = 1_000
const MAX_REASON_BYTES = 123

/** The WebSocket server of one door; larger frames end their link with 1009. */
export function createDoor(): WebSocketServer {
  return new WebSocketServer({
    noServer: true,
    maxPayload: MAX_FRAME_BYTES,
    perMessageDeflate: false,
    clientTracking: true,
    // Pings count as frames, see `Link`.
    autoPong: false,
  })
}

/** Closes every link of a door and waits for their ends. */
export async function closeDoor(door: WebSocketServer): Promise<void> {
  // First of all, so that nobody comes in meanwhile.
  door.close()
  const ends = [...door.clients].map(
    (socket) =>
      new Promise<void>((resolve) => (socket.readyState === socket.CLOSED ? resolve() : socket.once('close', resolve))),
  )
  for (const socket of door.clients) closeSocket(socket, LINK_CLOSE.serviceStops, 'the service stops')
  await Promise.all(ends)
}

/** Says why and closes; a peer that does not answer is cut off. */
export function closeSocket(socket: WebSocket, code: number, reason: string): void {
  if (socket.readyState === socket.CLOSED) return
  socket.on('error', () => {})
  socket.close(code, fit(reason))
  const cut = setTimeout(() => socket.terminate(), GOODBYE)
  socket.once('close', () => clearTimeout(cut))
}

/** One client's link: JSON text frames, with limits on silence, rate and backlog. */
export class Link {
  private open = true
  private readonly silence: NodeJS.Timeout
  private readonly frames: TokenBucket
  private readonly bytes: TokenBucket

  constructor(
    private readonly socket: WebSocket,
    private readonly rules: LinkRules,
    private readonly duties: LinkDuties,
  ) {
    this.frames = new TokenBucket(rules.framesPerSecond, rules.framesPerSecond)
    this.bytes = new TokenBucket(rules.bytes.perSecond, rules.bytes.burst)
    this.silence = setTimeout(
      () => this.close(LINK_CLOSE.silent, `nothing came for ${rules.silence} ms: send heartbeats`),
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

  /** False if the link is closed, which it is here when the client does not read. */
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

  /** Sends a frame that may be dropped: it is while a quarter of the possible backlog waits. False if it was. */
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
    this.duties.frame(Buffer.isBuffer(data) && !isBinary ? parseFrame(data) : NOT_JSON)
  }

  /** Answers a ping. It is no sign of life: those are the contract's heartbeats. */
  private pong(data: Buffer): void {
    if (!this.open || !this.isWithinRules(data.length)) return
    if (this.socket.bufferedAmount < MAX_PENDING_PONGS) this.socket.pong(data)
  }

  /** Closes the link if it sends more than it may. */
  private isWithinRules(bytes: number): boolean {
    const { framesPerSecond, bytes: most } = this.rules
    const [frames, size] = [this.frames.take(), this.bytes.take(bytes)]
    if (!frames || !size) this.duties.limited?.()
    if (!frames) this.close(LINK_CLOSE.tooManyFrames, `more than ${framesPerSecond} frames a second`)
    else if (!size) this.close(LINK_CLOSE.tooManyFrames, `more than ${most.perSecond} bytes a second`)
    return frames && size
  }

  private end(reason: string): void {
    if (!this.open) return
    this.open = false
    clearTimeout(this.silence)
    this.duties.gone(reason)
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

/** A close reason may hold 123 bytes. */
function fit(reason: string): string {
  const bytes = Buffer.from(reason)
  return bytes.length <= MAX_REASON_BYTES
    ? reason
    : bytes
        .subarray(0, MAX_REASON_BYTES - 3)
        .toString()
        .replace(/\uFFFD$/, '')
}
