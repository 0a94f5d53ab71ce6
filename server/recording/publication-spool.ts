import { join } from 'node:path'
import type { MediaTag, Publication, Track } from '../media/types'
import { encodeMark, encodeTag, FLV_HEADER, segmentName } from './spool-format'
import { SpoolError, SpoolWriter } from './spool-writer'
import type { RecordingSubject } from './types'
import { keptTracks, wantedOf } from './wanted'

/** After a failed write, so long until it is tried again in a new file, ms. */
export const RETRY_AFTER = 5_000
/** Of one participant in one call. Each publication makes one, and each failed write. */
const MOST_FILES = 400

export interface PublicationSpoolOptions {
  /** The participant's spool folder. */
  folder: string
  subject: RecordingSubject
  publication: Publication
  /** Wall clock of the participant's first publication in the call, ms. */
  origin: number
  /** Numbers the participant's publications and files over the whole call, from 1. */
  nextNumber: () => number
  /** A clock that only goes forward, ms. */
  now: () => number
  /** Whether so little of the disk is free that nothing more is written. */
  isDiskLow: () => boolean
  /** Called each time that writing fails; the live call goes on. */
  onFailure: (error: SpoolError) => void
}

/**
 * Writes one publication's tags to the spool as they come, only those tracks that its publisher wants recorded. What they mean is
 * found out after the call. A file ends where a write fails; the next one begins with the configurations.
 */
export class PublicationSpool {
  /** The tracks that are stored. */
  readonly keeps: Record<Track, boolean>
  /** Frames that came and are to be stored, whether or not they could be. */
  readonly received: Record<Track, number> = { audio: 0, video: 0 }
  private readonly configs: Partial<Record<Track, MediaTag>> = {}
  private readonly opened: number
  private readonly number: number
  private readonly closing = new Set<Promise<void>>()
  private file: SpoolWriter | null = null
  /** When the last frame of any track came, ms from the start. */
  private latest = 0
  private closed = false
  private retryAt = 0
  /** Nothing is written, for want of space on the disk. */
  private stopped = false

  constructor(private readonly options: PublicationSpoolOptions) {
    this.opened = options.now()
    this.number = options.nextNumber()
    this.keeps = keptTracks(wantedOf(options.subject))
  }

  /** Whether any of the stream is being stored now. */
  get isWriting(): boolean {
    return this.file !== null && (this.keeps.audio || this.keeps.video)
  }

  write(tag: MediaTag): void {
    if (this.closed || tag.kind === 'metadata') return
    const track = tag.type === 8 ? 'audio' : 'video'
    if (tag.kind === 'audio-config' || tag.kind === 'video-config') {
      if (!this.keeps[track]) return
      this.configs[track] = tag
      if (this.file) this.append(this.file, tag)
      return
    }
    this.latest = this.arrived
    if (this.keeps[track]) this.received[track]++
    const file = this.mayWrite() ? (this.file ??= this.open()) : null
    if (file && this.keeps[track]) this.append(file, tag)
  }

  /** Resolves when everything written so far is on disk and the file is closed; later tags are not written. */
  async close(): Promise<void> {
    this.closed = true
    this.endFile()
    await Promise.all(this.closing)
  }

  /** Ends the file when the disk is low; a new one begins when there is space again. */
  private mayWrite(): boolean {
    const stop = this.options.isDiskLow()
    if (stop && !this.stopped) {
      this.endFile()
      this.options.onFailure(new SpoolError('there is too little space left on the disk (DISK_FLOOR)'))
    }
    this.stopped = stop
    return !stop
  }

  private get arrived(): number {
    return this.options.now() - this.opened
  }

  private append(file: SpoolWriter, { type, sent, payload }: MediaTag): void {
    file.append(encodeTag(type, sent, payload, this.arrived))
  }

  private open(): SpoolWriter | null {
    if (this.options.now() < this.retryAt) return null
    const { folder, subject, origin, nextNumber, publication } = this.options
    const number = nextNumber()
    if (number > MOST_FILES) {
      this.retryAt = Infinity
      this.options.onFailure(new SpoolError('the stream was interrupted too often'))
      return null
    }
    const anchor = { wall: publication.startedAt, timestamp: 0 }
    const header = { ...subject, clock: this.number, anchor, version: 2 as const }
    const writer = new SpoolWriter(join(folder, segmentName(origin, number)), (error) => this.giveUp(writer, error))
    writer.append(Buffer.concat([FLV_HEADER, encodeMark({ mark: 'header', header }, 0)]))
    for (const config of [this.configs.video, this.configs.audio]) if (config) this.append(writer, config)
    return writer
  }

  private giveUp(writer: SpoolWriter, error: SpoolError): void {
    this.retryAt = this.options.now() + RETRY_AFTER
    if (this.file === writer) this.release()
    this.options.onFailure(error)
  }

  /** Says that the file has all that came until now. */
  private endFile(): void {
    this.file?.append(encodeMark({ mark: 'end', timestamp: Math.round(this.latest) }, 0))
    this.release()
  }

  private release(): void {
    const closed = this.file?.close()
    this.file = null
    if (!closed) return
    this.closing.add(closed)
    void closed.finally(() => this.closing.delete(closed))
  }
}
