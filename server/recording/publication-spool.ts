import { join } from 'node:path'
import type { MediaTag, Publication } from '../media/types'
import { encodeMark, FLV_HEADER, segmentName } from './spool-format'
import { SpoolError, SpoolWriter } from './spool-writer'
import type { RecordingSubject } from './types'
import { keptTracks, wantedOf } from './wanted'

/** After a failed write, so long until it is tried again in a new segment, ms. */
export const RETRY_AFTER = 5_000
/** The media engine ends a stream that is idle for as long: a larger step of its time stamps is a new clock. */
const LARGEST_STEP = 15_000
const SHORTEST_CLOCK = 1_000
/** Of one participant in one call: each is a file. A phone turned every ten seconds needs so many in an hour. */
const MOST_SEGMENTS = 400

type Track = 'audio' | 'video'

export interface PublicationSpoolOptions {
  /** The participant's spool folder. */
  folder: string
  subject: RecordingSubject
  publication: Publication
  /** Wall clock of the participant's first publication in the call, ms. */
  origin: number
  /** Numbers the participant's segments and clocks over the whole call, from 1. */
  nextNumber: () => number
  /** A clock that only goes forward, ms. */
  now: () => number
  /** Told each time that writing fails; the live call goes on. */
  onFailure: (error: SpoolError) => void
}

/**
 * Writes one publication's tags to the spool, only those tracks that its publisher wants recorded. A segment ends
 * where a codec's configuration changes, where the time stamps jump and where a write fails.
 */
export class PublicationSpool {
  private readonly keeps: Record<Track, boolean>
  private readonly configs: Partial<Record<Track, MediaTag>> = {}
  private readonly opened: number
  private readonly closing = new Set<Promise<void>>()
  private segment: SpoolWriter | null = null
  private clock = { id: 0, wall: 0, timestamp: 0 }
  private latest = 0
  private closed = false
  private retryAt = 0
  private jumpAt = -Infinity

  constructor(private readonly options: PublicationSpoolOptions) {
    this.opened = options.now()
    this.keeps = keptTracks(wantedOf(options.subject))
  }

  /** Whether any of the stream is being stored now. */
  get isWriting(): boolean {
    return this.segment !== null && (this.keeps.audio || this.keeps.video)
  }

  write(tag: MediaTag): void {
    if (this.closed || tag.kind === 'metadata') return
    if (tag.kind === 'audio-config') this.configure('audio', tag)
    else if (tag.kind === 'video-config') this.configure('video', tag)
    else this.writeFrame(tag.kind === 'audio' ? 'audio' : 'video', tag)
  }

  /** Resolves when everything written so far is on disk and the file is closed; later tags are not written. */
  async close(): Promise<void> {
    this.closed = true
    this.endSegment()
    await Promise.all(this.closing)
  }

  private configure(track: Track, tag: MediaTag): void {
    if (!this.keeps[track]) return
    const known = this.configs[track]
    if (known?.payload.equals(tag.payload)) return
    this.configs[track] = tag
    if (known) this.endSegment()
    else this.segment?.append(tag.flv())
  }

  private writeFrame(track: Track, tag: MediaTag): void {
    if (this.clock.id === 0) this.startClock(tag.timestamp)
    else if (Math.abs(tag.timestamp - this.latest) > LARGEST_STEP && !this.restartClock(tag.timestamp)) return
    this.latest = Math.max(this.latest, tag.timestamp)
    const segment = (this.segment ??= this.startSegment())
    if (this.keeps[track]) segment?.append(tag.flv())
  }

  /** False when it jumped a moment ago: a stream without a usable clock must not fill the disk with segments. */
  private restartClock(timestamp: number): boolean {
    const now = this.options.now()
    if (now < this.jumpAt + SHORTEST_CLOCK) return false
    this.jumpAt = now
    this.endSegment()
    this.startClock(timestamp)
    return true
  }

  private startClock(timestamp: number): void {
    const wall = this.options.publication.startedAt + this.options.now() - this.opened
    this.clock = { id: this.options.nextNumber(), wall, timestamp }
    this.latest = timestamp
  }

  private startSegment(): SpoolWriter | null {
    if (this.options.now() < this.retryAt) return null
    const { folder, subject, origin, nextNumber } = this.options
    const { id, wall, timestamp } = this.clock
    const segment = nextNumber()
    if (segment > MOST_SEGMENTS) {
      this.retryAt = Infinity
      this.options.onFailure(new SpoolError('the stream changed its form too often'))
      return null
    }
    const header = { ...subject, clock: id, anchor: { wall: Math.round(wall), timestamp } }
    const writer = new SpoolWriter(join(folder, segmentName(origin, segment)), (error) => this.giveUp(writer, error))
    writer.append(Buffer.concat([FLV_HEADER, encodeMark({ mark: 'header', header }, timestamp)]))
    for (const config of [this.configs.video, this.configs.audio]) if (config) writer.append(config.flv())
    return writer
  }

  private endSegment(): void {
    this.segment?.append(encodeMark({ mark: 'end', timestamp: this.latest }, this.latest))
    this.release()
  }

  private giveUp(writer: SpoolWriter, error: SpoolError): void {
    this.retryAt = this.options.now() + RETRY_AFTER
    if (this.segment === writer) this.release()
    this.options.onFailure(error)
  }

  private release(): void {
    const closed = this.segment?.close()
    this.segment = null
    if (!closed) return
    this.closing.add(closed)
    void closed.finally(() => this.closing.delete(closed))
  }
}
