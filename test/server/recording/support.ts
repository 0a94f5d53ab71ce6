/** A fake of the media engine's events, and a recording in its own folder. */
import { EventEmitter } from 'node:events'
import { mkdtempSync, readdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import type { MediaEvents, MediaTag, Publication } from '../../../server/media/types'
import { createRecording, type RecordingOptions } from '../../../server/recording/recording'
import type { FinishedRecording, Recording, RecordingRequest, RecordingSubject } from '../../../server/recording/types'
import { Timeline } from '../../../server/timeline'
import { REMUX_HERE } from '../../support/remux'
import { tagsOf } from './tags'

export const START = 1_763_800_000_000
export const CID = 4711
export const UID = 101

export const everything: RecordingRequest = { audio: true, video: true, live: false, type: '2', hostSpeaker: false }

export function subject(change: Partial<RecordingSubject> = {}): RecordingSubject {
  return { cid: CID, uid: UID, account: 'alice', caller: true, request: everything, ...change }
}

/** Tracks begin within that many tags. */
const FIRST = 20
/** Above this a timestamp jumps, ms. */
const LONGEST_STEP = 2_000

const logger = pino({ level: 'silent' })

/** A recording in its own folder, and the stage to publish on. */
export class Stage {
  readonly media = new EventEmitter<MediaEvents>()
  readonly timeline = new Timeline()
  readonly directory: string
  readonly subjects = new Map<number, RecordingSubject>()
  readonly recording: Recording
  /** Advances only by the test, ms: tags sent at once arrive at once on any machine. */
  now = 0
  /** The next timestamp of each publication. */
  private readonly due = new Map<Publication, number>()

  constructor(options: Partial<RecordingOptions> = {}) {
    this.directory = options.directory ?? mkdtempSync(join(tmpdir(), 'recording-'))
    this.recording = createRecording({
      media: this.media,
      directory: this.directory,
      subjectOf: ({ uid }) => this.subjects.get(uid) ?? null,
      logger,
      timeline: this.timeline,
      remuxWorker: REMUX_HERE,
      now: () => this.now,
      ...options,
    })
  }

  publish(who: RecordingSubject, at = START): Publication {
    this.subjects.set(who.uid, who)
    const publication: Publication = { name: { cid: who.cid, uid: who.uid }, protocol: 'rtmp', startedAt: at }
    this.media.emit('publish', publication)
    return publication
  }

  /** Sends tags in real time on the stage's clock: each at its time, as far as timestamps are continuous. */
  send(publication: Publication, tags: readonly MediaTag[]): void {
    let due = this.due.get(publication) ?? Math.min(...tags.slice(0, FIRST).map(({ timestamp }) => timestamp))
    for (const tag of tags) {
      const step = tag.timestamp - due
      if (step > 0 && step < LONGEST_STEP) this.now += step
      if (step > 0 || step < -LONGEST_STEP) due = tag.timestamp
      this.media.emit('tag', publication, tag)
    }
    this.due.set(publication, due)
  }

  unpublish(publication: Publication): void {
    this.media.emit('unpublish', publication, 'closed')
  }

  /** A whole publication, from beginning to end. */
  play(who: RecordingSubject, tags: readonly MediaTag[], at = START): void {
    const publication = this.publish(who, at)
    this.send(publication, tags)
    this.unpublish(publication)
  }

  /** A call's files after they are stored. */
  async finish(cid = CID): Promise<FinishedRecording> {
    const singles = await this.recording.finish(cid)
    const mixed = await this.recording.mix(cid)
    await this.recording.release(cid)
    return {
      files: [...singles.files, ...mixed.files],
      notes: [...singles.notes, ...mixed.notes],
      frames: singles.frames,
    }
  }

  /** Records the fixture and ends without finishing, like a crashed service; returns the spool files. */
  async abandon(uids = [UID], at = START): Promise<string[]> {
    for (const uid of uids) this.send(this.publish(subject({ uid, account: `user-${uid}` }), at), tagsOf('talk'))
    await this.recording.close()
    return this.listing()
      .filter((name) => name.endsWith('.flv'))
      .map((name) => this.path(name))
  }

  path(name: string, cid = CID): string {
    return join(this.directory, String(cid), name)
  }

  /** All paths in the call's folder, recursively. */
  listing(cid = CID): string[] {
    try {
      return readdirSync(join(this.directory, String(cid)), { recursive: true, encoding: 'utf8' }).sort()
    } catch {
      return []
    }
  }

  async dispose(): Promise<void> {
    await this.recording.close()
    // A script that replaces ffmpeg writes to it until its closed output ends it.
    await rm(this.directory, { recursive: true, force: true, maxRetries: 10 })
  }
}
