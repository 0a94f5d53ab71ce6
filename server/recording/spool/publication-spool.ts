import { join } from 'node:path'
import { AUDIO } from '../../media/flv'
import type { MediaTag, Track } from '../../media/types'
import { encodeMark, segmentName, SPOOL_HEADER, spoolTag } from './format'
import { SpoolError, SpoolWriter } from './writer'
import type { RecordingRequest, RecordingSubject } from '../types'
import { keptTracks, wantedOf } from '../remux/wanted'

/** After a failed write, the next attempt in a new file is made after this time, ms. */
export const RETRY_AFTER = 5_000
/** Per participant and call. Each publication makes one file, and each failed write another one. */
const MOST_FILES = 400
/** After a longer time without a tag another file begins, because arrival times in a file have 24 bits. ms */
const LONGEST_GAP = 60 * 60_000

interface PublicationSpoolOptions {
  /** The participant's spool folder. */
  folder: string
  subject: RecordingSubject
  /** Wall clock of the first tag, ms. */
  startedAt: number
  /** The publication runs already: its video begins with the next key frame. */
  isLate: boolean
  /** Wall clock of the participant's first publication in the call, ms. */
  origin: number
  /** Numbers the participant's files over the whole call, from 1. */
  nextNumber: () => number
  /** A monotonic clock, ms. */
  now: () => number
  /** Whether the disk is too full to write. */
  isDiskLow: () => boolean
  /** Called for each failed write; the live call continues. */
  onFailure: (error: SpoolError) => void
}

/**
 * Writes one publication's tags to the spool as they arrive, for the tracks that its publisher wants recorded. They are interpreted after
 * the call. A file ends when a write fails; the next one begins with the configurations.
 */
export class PublicationSpool {
  /** The stored tracks. */
  readonly keeps: Record<Track, boolean>
  /** Number of frames received for storing, whether or not they were stored. */
  readonly received: Record<Track, number> = { audio: 0, video: 0 }
  private readonly configs: Partial<Record<Track, MediaTag>> = {}
  private readonly opened: number
  /** Number of its first file, which identifies the publication. */
  private readonly number: number
  private files = 0
  private readonly closing = new Set<Promise<void>>()
  private file: SpoolWriter | null = null
  /** Arrival of the last frame on any track, ms from the start. */
  private latest = 0
  /** When the last tag was stored, ms from the start. */
  private stored = 0
  private closed = false
  private retryAt = 0
  /** Nothing is written because the disk is full. */
  private stopped = false
  private awaitsKey: boolean

  constructor(private readonly options: PublicationSpoolOptions) {
    this.opened = options.now()
    this.number = options.nextNumber()
    this.keeps = keptTracks(wantedOf(options.subject))
    this.awaitsKey = options.isLate
  }

  get request(): RecordingRequest {
    return this.options.subject.request
  }

  /** Whether anything of the stream is being stored. */
  get isWriting(): boolean {
    return this.file !== null && (this.keeps.audio || this.keeps.video)
  }

  write(tag: MediaTag): void {
    if (this.closed || tag.kind === 'metadata') return
    const track = tag.type === AUDIO ? 'audio' : 'video'
    if (this.keeps[track] && this.arrived - this.stored > LONGEST_GAP) this.endFile()
    if (tag.kind === 'audio-config' || tag.kind === 'video-config') {
      if (!this.keeps[track]) return
      this.configs[track] = tag
      if (this.file) this.append(this.file, tag)
      return
    }
    this.latest = this.arrived
    if (!this.keeps[track]) return
    if (tag.kind === 'video-key') this.awaitsKey = false
    if (track === 'video' && this.awaitsKey) return
    this.received[track]++
    const file = this.mayWrite() ? (this.file ??= this.open()) : null
    if (file) this.append(file, tag)
  }

  /** Resolves when everything is on disk and the file is closed; later tags are ignored. */
  async close(): Promise<void> {
    this.closed = true
    this.endFile()
    await Promise.all(this.closing)
  }

  /** Closes the file while the disk is full; a new one begins when there is space again. */
  private mayWrite(): boolean {
    const stop = this.options.isDiskLow()
    if (stop && !this.stopped) {
      this.endFile()
      this.options.onFailure(new SpoolError('too little free disk space (DISK_FLOOR)'))
    }
    this.stopped = stop
    return !stop
  }

  private get arrived(): number {
    return this.options.now() - this.opened
  }

  private append(file: SpoolWriter, { type, sent, payload }: MediaTag): void {
    this.stored = this.arrived
    file.append(spoolTag(type, sent, payload, this.stored))
  }

  private open(): SpoolWriter | null {
    if (this.options.now() < this.retryAt) return null
    const { folder, subject, origin, nextNumber, startedAt } = this.options
    const number = this.files++ === 0 ? this.number : nextNumber()
    if (number > MOST_FILES) {
      this.retryAt = Infinity
      this.options.onFailure(new SpoolError('the stream was interrupted too often'))
      return null
    }
    const anchor = { wall: startedAt, timestamp: 0 }
    const since = Math.round(this.arrived)
    const header = { ...subject, clock: this.number, anchor, version: 2 as const, since }
    const writer = new SpoolWriter(join(folder, segmentName(origin, number)), (error) => this.giveUp(writer, error))
    writer.append(Buffer.concat([SPOOL_HEADER, encodeMark({ mark: 'header', header }, 0)]))
    for (const config of [this.configs.video, this.configs.audio]) if (config) this.append(writer, config)
    return writer
  }

  private giveUp(writer: SpoolWriter, error: SpoolError): void {
    this.retryAt = this.options.now() + RETRY_AFTER
    if (this.file === writer) this.release()
    this.options.onFailure(error)
  }

  /** Writes the end mark with the current time. */
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
