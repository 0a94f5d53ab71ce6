import { WebSocket, type ClientOptions } from 'ws'
import { clearRealTimeout, PATIENCE, realTimeout } from './real-time'

export type Json = Record<string, unknown>
interface LinkEnd {
  code: number
  reason: string
}

/** A connection of JSON text frames for tests: keeps received frames until they are consumed. */
export abstract class JsonClient {
  readonly closed: Promise<LinkEnd>
  private readonly socket: WebSocket
  private readonly frames: Json[] = []
  private readonly lookers = new Set<() => void>()
  private end: LinkEnd | null = null

  constructor(url: string, options: ClientOptions = {}) {
    this.socket = new WebSocket(url, options)
    this.socket.on('error', () => {})
    this.socket.on('message', (data) => {
      if (!Buffer.isBuffer(data)) return
      const frame: Json = JSON.parse(data.toString())
      this.frames.push(frame)
      this.look()
    })
    this.closed = new Promise((resolve) =>
      this.socket.on('close', (code, reason) => {
        this.end = { code, reason: reason.toString() }
        resolve(this.end)
        this.look()
      }),
    )
  }

  get isOpen(): boolean {
    return this.end === null && this.socket.readyState === WebSocket.OPEN
  }

  opened(): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.socket.readyState === WebSocket.OPEN) return resolve()
      this.socket.once('open', resolve)
      this.socket.once('error', reject)
    })
  }

  sendText(text: string | Buffer): void {
    this.socket.send(text)
  }

  /** Stops reading, like a phone without a network. */
  pause(): void {
    this.socket.pause()
  }
  resume(): void {
    this.socket.resume()
  }

  ping(): void {
    this.socket.ping()
  }

  sendJson(frame: object): void {
    this.socket.send(JSON.stringify(frame))
  }

  /** Consumes the first matching received frame; waits for it if necessary. */
  take(what: string, fits: (frame: Json) => boolean): Promise<Json> {
    return new Promise((resolve, reject) => {
      const seen = () => `${what}; came: ${JSON.stringify(this.frames)}; link: ${JSON.stringify(this.end ?? 'open')}`
      const timer = realTimeout(() => finish(() => reject(new Error(`nothing like ${seen()}`))), PATIENCE)
      const finish = (then: () => void) => {
        clearRealTimeout(timer)
        this.lookers.delete(look)
        then()
      }
      const look = () => {
        const index = this.frames.findIndex(fits)
        const [frame] = index < 0 ? [] : this.frames.splice(index, 1)
        if (frame) finish(() => resolve(frame))
        else if (this.end) finish(() => reject(new Error(`nothing like ${seen()}`)))
      }
      this.lookers.add(look)
      look()
    })
  }

  /** A heartbeat as in the apps. */
  protected abstract heartbeat(): Promise<unknown>

  /** Sends a heartbeat and waits for its answer; ends with the connection. */
  async beat(): Promise<void> {
    await this.heartbeat().catch((error: unknown) => {
      if (this.end === null) throw error
    })
  }

  /** Received frames that were not consumed. */
  left(fits: (frame: Json) => boolean): Json[] {
    return this.frames.filter(fits)
  }

  /** Breaks the connection without a close frame. */
  cut(): void {
    this.socket.terminate()
  }

  async close(): Promise<void> {
    this.socket.close()
    await this.closed
  }

  private look(): void {
    for (const look of this.lookers) look()
  }
}
