/** A connection to a stream, read here so that its tracks are known before a player is created. */
import mpegts from 'mpegts.js'
import type { Line, Network } from '../conditions/network'
import { PhoneSocket } from '../conditions/phone-socket'
import type { Tracks } from './flv'
import { FlvWatch, type TagKind } from './flv-watch'

interface FlvDownloadEvents {
  open(): void
  /** The tracks of the stream: a player can be created now. */
  tracks(tracks: Tracks): void
  tag(kind: TagKind, size: number): void
  /** A track began that was not reported before. */
  changed(): void
  /** `code`: of live-player: 3002 never connected, 3005 lost; null if the stream ended normally. */
  ended(code: number | null, reason: string): void
}

/** How long to wait for the second track. */
const GRACE = 300
/** Close code of a lost socket. */
const ABNORMAL = 1006

export class FlvDownload implements Line {
  private readonly abort = new AbortController()
  private readonly watch: FlvWatch
  private told: Tracks | null = null
  private graceTimer: ReturnType<typeof setTimeout> | undefined
  /** Data received before the player existed. */
  private held: Uint8Array<ArrayBuffer>[] = []
  private receive: ((bytes: Uint8Array<ArrayBuffer>) => void) | null = null
  private closed = false
  /** A reference, so that a lost but open connection is not garbage collected. */
  private body: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>> | null = null
  private lost = false
  /** Only for streams over WebSocket. */
  private socket: PhoneSocket | null = null

  constructor(
    readonly url: string,
    private readonly network: Network,
    private readonly events: FlvDownloadEvents,
  ) {
    this.watch = new FlvWatch((kind, size) => this.onTag(kind, size))
    void this.read()
  }

  close(): void {
    this.closed = true
    clearTimeout(this.graceTimer)
    this.socket?.close()
    if (!this.lost) this.abort.abort()
  }

  /** Left open and unread, as by a phone out of reach. */
  lose(): void {
    this.lost = true
    this.end(3005, 'the network is gone')
  }
  release(): void {
    this.abort.abort()
  }

  /** Data source of mpegts.js, in place of its own connection. */
  loader() {
    const attach = (receive: (bytes: Uint8Array<ArrayBuffer>) => void): void => {
      this.receive = receive
      for (const bytes of this.held.splice(0)) receive(bytes)
    }
    const detach = (): void => {
      this.receive = null
    }
    return class extends mpegts.BaseLoader {
      private received = 0

      constructor() {
        super('flv-download')
        this._needStash = false
      }
      override open(): void {
        this._status = mpegts.LoaderStatus.kBuffering
        attach((bytes) => {
          const start = this.received
          this.received += bytes.byteLength
          this.onDataArrival(bytes.slice().buffer, start, this.received)
        })
      }
      override abort(): void {
        this._status = mpegts.LoaderStatus.kComplete
        detach()
      }
    }
  }

  private async read(): Promise<void> {
    // Asynchronously: the caller does not have the object yet.
    await Promise.resolve()
    if (this.closed) return
    if (/^wss?:/.test(this.url)) this.readSocket()
    else await this.readResponse()
  }

  private readSocket(): void {
    let opened = false
    this.socket = new PhoneSocket(this.url, [], this.network, {
      open: () => {
        opened = true
        this.events.open()
      },
      message: (data) => {
        if (!this.closed && data instanceof ArrayBuffer) this.pass(new Uint8Array(data))
      },
      closed: (code, reason) => {
        if (!opened) this.end(3002, reason || 'the service does not let it connect')
        else this.end(code === ABNORMAL ? 3005 : null, reason || 'the stream has ended')
      },
      lost: () => this.end(3005, 'the network is gone'),
    })
  }

  private async readResponse(): Promise<void> {
    let leave: (() => void) | null = null
    try {
      leave = this.network.join(this)
      const response = await fetch(this.url, { signal: this.abort.signal })
      if (!response.ok || !response.body) return this.end(null, `the service answered ${response.status}`)
      this.body = response.body.getReader()
      if (this.closed) return
      this.events.open()
      await this.readBody(this.body)
    } catch (error) {
      this.end(this.body ? 3005 : 3002, error instanceof Error ? error.message : String(error))
    } finally {
      if (!this.lost) leave?.()
    }
  }

  private async readBody(body: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>): Promise<void> {
    for (;;) {
      const { value, done } = await body.read()
      if (this.closed) return
      if (done) return this.end(null, 'the stream has ended')
      this.pass(value)
    }
  }

  private pass(bytes: Uint8Array<ArrayBuffer>): void {
    if (this.receive) this.receive(bytes)
    else this.held.push(bytes)
    this.watch.push(bytes)
  }

  private onTag(kind: TagKind, size: number): void {
    if (this.closed) return
    this.events.tag(kind, size)
    const { audio, video } = this.watch.seen
    if (this.told) {
      if (audio !== this.told.audio || video !== this.told.video) this.events.changed()
    } else if (audio && video) this.tell()
    else this.graceTimer ??= setTimeout(() => this.tell(), GRACE)
  }

  private tell(): void {
    if (this.told || this.closed) return
    clearTimeout(this.graceTimer)
    this.told = { ...this.watch.seen }
    this.events.tracks(this.told)
  }

  private end(code: number | null, reason: string): void {
    if (!this.closed) this.events.ended(code, reason)
  }
}
