/** One connection to a stream, read here so that its tracks are known before a player is made for them. */
import mpegts from 'mpegts.js'
import type { Tracks } from './flv'
import { FlvWatch, type TagKind } from './flv-watch'

export interface FlvDownloadEvents {
  open(): void
  /** Which tracks the stream has: now a player can be made. */
  tracks(tracks: Tracks): void
  tag(kind: TagKind, size: number): void
  /** A track has begun that was not there when the tracks were told. */
  changed(): void
  ended(reason: string): void
}

/** How long a stream with one track is given to bring the other. */
const GRACE = 300

export class FlvDownload {
  private readonly abort = new AbortController()
  private readonly watch: FlvWatch
  private told: Tracks | null = null
  private graceTimer: ReturnType<typeof setTimeout> | undefined
  /** Bytes that came before there was a player. */
  private held: Uint8Array<ArrayBuffer>[] = []
  private receive: ((bytes: Uint8Array<ArrayBuffer>) => void) | null = null
  private closed = false

  constructor(
    readonly url: string,
    private readonly events: FlvDownloadEvents,
  ) {
    this.watch = new FlvWatch((kind, size) => this.onTag(kind, size))
    void this.read()
  }

  close(): void {
    this.closed = true
    clearTimeout(this.graceTimer)
    this.abort.abort()
  }

  /** What mpegts.js reads from in place of a connection of its own. */
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
    try {
      const response = await fetch(this.url, { signal: this.abort.signal })
      if (!response.ok || !response.body) return this.end(`the service answered ${response.status}`)
      this.events.open()
      const reader = response.body.getReader()
      for (;;) {
        const { value, done } = await reader.read()
        if (this.closed) return
        if (done) return this.end('the stream has ended')
        this.pass(value)
      }
    } catch (error) {
      this.end(error instanceof Error ? error.message : String(error))
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

  private end(reason: string): void {
    if (!this.closed) this.events.ended(reason)
  }
}
