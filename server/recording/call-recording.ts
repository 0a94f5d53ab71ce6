import { join } from 'node:path'
import type { Publication, Track } from '../media/types'
import { spoolFolder } from './folders'
import { MemberLog, type MemberState } from './spool/member-log'
import { PublicationSpool } from './spool/publication-spool'
import type { SpoolError } from './spool/writer'
import type { RecordingSubject } from './types'

interface Participant {
  subject: RecordingSubject
  /** Wall clock of its first publication, ms. */
  origin: number
  numbers: number
  presence: MemberLog
  spools: PublicationSpool[]
}

/** The recording of a running call: its participants and their current publications. */
export class CallRecording {
  private readonly participants = new Map<number, Participant>()
  private readonly publications = new Map<Publication, PublicationSpool>()
  /** Ended publications that are still being written. */
  private readonly closing = new Set<Promise<void>>()
  private emptied: (() => void) | null = null

  constructor(
    private readonly folder: string,
    private readonly now: () => number,
    private readonly isDiskLow: () => boolean,
    private readonly onFailure: (subject: RecordingSubject, error: SpoolError) => void,
  ) {}

  get subjects(): RecordingSubject[] {
    return [...this.participants.values()].map(({ subject }) => subject)
  }

  get isWriting(): boolean {
    return [...this.publications.values()].some((spool) => spool.isWriting)
  }

  /** Starts to spool the publication. `lateAt`: wall clock if it runs already, ms. */
  start(publication: Publication, subject: RecordingSubject, lateAt: number | null = null): PublicationSpool {
    const startedAt = lateAt ?? publication.startedAt
    const folder = join(spoolFolder(this.folder), String(subject.uid))
    const participant = this.participants.get(subject.uid) ?? {
      subject,
      origin: startedAt,
      numbers: 0,
      presence: new MemberLog(folder),
      spools: [],
    }
    this.participants.set(subject.uid, participant)
    const spool = new PublicationSpool({
      folder,
      subject,
      startedAt,
      isLate: lateAt !== null,
      origin: participant.origin,
      nextNumber: () => ++participant.numbers,
      now: this.now,
      isDiskLow: this.isDiskLow,
      onFailure: (error) => this.onFailure(subject, error),
    })
    participant.spools.push(spool)
    this.publications.set(publication, spool)
    return spool
  }

  /** Number of a participant's frames that were received for storing. */
  received(uid: number): Record<Track, number> {
    const spools = this.participants.get(uid)?.spools ?? []
    const sum = (track: Track): number => spools.reduce((frames, { received }) => frames + received[track], 0)
    return { audio: sum('audio'), video: sum('video') }
  }

  /** Members that never published need no log. */
  note(uid: number, presence: MemberState): void {
    this.participants.get(uid)?.presence.note(presence)
  }

  stop(publication: Publication): void {
    const closed = this.publications.get(publication)?.close()
    this.publications.delete(publication)
    if (closed) {
      this.closing.add(closed)
      void closed.finally(() => this.closing.delete(closed))
    }
    if (this.publications.size === 0) this.emptied?.()
  }

  /** Resolves when all publications have ended, or were ended after `patience` ms, and all data is on disk. */
  async ended(patience: number): Promise<void> {
    if (this.publications.size > 0 && patience > 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, patience)
        this.emptied = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
    for (const publication of this.publications.keys()) this.stop(publication)
    await Promise.all(this.closing)
    await Promise.all([...this.participants.values()].map(async ({ presence }) => await presence.settled()))
  }
}
