import { BadInput } from './errors'
import type { MediaLogger } from './logger'
import type { MediaLimits } from './limits'
import { Stream } from './stream'
import { formatStreamName } from './stream-name'
import { AUDIO } from './flv'
import type { MediaEvents, MediaProtocol, Publication, StreamName, StreamStats } from './types'
import { type Sink, Viewer } from './viewer'

/** A publisher's handle on its stream, until either side ends it. */
export interface Publishing {
  /** Sends one FLV tag body. Ignored after the end. Throws BadInput for media that cannot be played. */
  push(type: number, timestamp: number, payload: Buffer): void
  end(reason: string): void
}

/** A viewer's handle on its stream, until either side ends it. */
export interface Viewing {
  end(reason: string): void
}

/** A stream, and the subject of the URL that was used. */
export interface Place {
  name: StreamName
  subject: string
}

/** Interval of checking viewers, ms. */
const CHECK_INTERVAL = 1_000

type Notify = <Name extends keyof MediaEvents>(event: Name, ...args: MediaEvents[Name]) => void

/** The current publisher; `kick` disconnects it. */
interface Publisher {
  subject: string
  publication: Publication
  kick(reason: string): void
}

interface Entry {
  key: string
  name: StreamName
  stream: Stream
  publisher: Publisher | null
}

/** All streams that have a publisher or viewers. */
export class Streams {
  private readonly entries = new Map<string, Entry>()
  /** Runs while there are viewers, to find those that do not read even without a publisher. */
  private checking: NodeJS.Timeout | null = null
  private viewers = 0

  constructor(
    private readonly notify: Notify,
    private readonly limits: MediaLimits,
    private readonly logger: MediaLogger,
  ) {}

  /** Takes over the stream: the newest publisher wins. `kick` is called when it has to stop, but not after its own `end`. */
  publish({ name, subject }: Place, protocol: MediaProtocol, kick: (reason: string) => void): Publishing {
    const entry = this.open(name)
    if (entry.publisher) this.kickPublisher(entry, 'replaced by a newer publisher')
    // Kicking the previous publisher may have removed the entry.
    this.entries.set(entry.key, entry)
    const publisher: Publisher = { subject, publication: { name, protocol, startedAt: Date.now() }, kick }
    entry.publisher = publisher
    this.logger.info({ ...name, protocol }, 'media: publishing')
    this.notify('publish', publisher.publication)
    return {
      push: (type, timestamp, payload) => {
        if (entry.publisher === publisher) this.push(entry, publisher.publication, type, timestamp, payload)
      },
      end: (reason) => {
        if (entry.publisher === publisher) this.endPublication(entry, publisher, reason)
      },
    }
  }

  /** Adds a viewer; the stream may not have a publisher yet. `sink.close` is called when the viewer is disconnected. */
  view({ name, subject }: Place, sink: Sink): Viewing {
    const entry = this.open(name)
    const [oldest, ...others] = [...entry.stream.viewers].filter((viewer) => viewer.subject === subject)
    if (oldest && others.length + 1 >= this.limits.viewersPerSubject) {
      this.kickViewer(entry, oldest, 'replaced by a newer player')
      // Kicking the oldest viewer may have removed the entry.
      this.entries.set(entry.key, entry)
    }
    const viewer = new Viewer(subject, sink, this.limits, entry.stream.counters)
    this.logger.info({ ...name, protocol: sink.protocol }, 'media: playing')
    entry.stream.join(viewer)
    this.viewers++
    this.checking ??= setInterval(() => this.dropStuck(), CHECK_INTERVAL)
    this.notify('play', name, sink.protocol)
    return { end: (reason) => this.leave(entry, viewer, reason) }
  }

  /** Whether the stream has the maximum number of viewers. */
  isFull(name: StreamName): boolean {
    const viewers = this.entries.get(formatStreamName(name))?.stream.viewers.size ?? 0
    return viewers >= this.limits.viewersPerStream
  }

  drop(name: StreamName, reason: string): void {
    const entry = this.entries.get(formatStreamName(name))
    if (entry) this.dropEntry(entry, reason)
  }

  /** Ends what the subject publishes and plays in a call. */
  dropSubject(cid: number, subject: string, reason: string): void {
    for (const entry of this.entries.values()) {
      if (entry.name.cid !== cid) continue
      if (entry.publisher?.subject === subject) this.kickPublisher(entry, reason)
      for (const viewer of entry.stream.viewers) if (viewer.subject === subject) this.kickViewer(entry, viewer, reason)
    }
  }

  dropCall(cid: number, reason: string): void {
    for (const entry of this.entries.values()) if (entry.name.cid === cid) this.dropEntry(entry, reason)
  }

  dropAll(reason: string): void {
    for (const entry of this.entries.values()) this.dropEntry(entry, reason)
  }

  private dropStuck(): void {
    const now = performance.now()
    for (const entry of this.entries.values()) {
      for (const viewer of entry.stream.viewers) if (viewer.isStuck(now)) this.kickViewer(entry, viewer, 'too slow')
    }
  }

  stats(): StreamStats[] {
    return [...this.entries.values()].map(({ name, stream, publisher }) => ({
      name,
      protocol: publisher?.publication.protocol ?? null,
      viewers: stream.viewers.size,
      ...stream.counters,
    }))
  }

  private open(name: StreamName): Entry {
    const key = formatStreamName(name)
    let entry = this.entries.get(key)
    if (!entry) {
      entry = { key, name, stream: new Stream(this.limits), publisher: null }
      this.entries.set(key, entry)
    }
    return entry
  }

  private push(entry: Entry, publication: Publication, type: number, timestamp: number, payload: Buffer): void {
    const { tags, repairs } = this.accept(entry, publication, type, timestamp, payload)
    for (const repair of repairs) this.notify('repaired', publication, type === AUDIO ? 'audio' : 'video', repair)
    for (const tag of tags) {
      // A listener of an earlier tag may have ended the publication.
      if (entry.publisher?.publication !== publication) return
      for (const { viewer, reason } of entry.stream.deliver(tag)) this.kickViewer(entry, viewer, reason)
      this.notify('tag', publication, tag)
    }
  }

  private accept({ stream }: Entry, publication: Publication, type: number, timestamp: number, payload: Buffer) {
    try {
      return stream.accept(type, timestamp, payload)
    } catch (error) {
      if (error instanceof BadInput) this.notify('unplayable', publication, error.message)
      throw error
    }
  }

  private endPublication(entry: Entry, publisher: Publisher, reason: string): void {
    entry.publisher = null
    entry.stream.reset()
    this.release(entry)
    this.logger.info({ ...entry.name, protocol: publisher.publication.protocol, reason }, 'media: publish ended')
    this.notify('unpublish', publisher.publication, reason)
  }

  private leave(entry: Entry, viewer: Viewer, reason: string): void {
    if (!entry.stream.viewers.delete(viewer)) return
    if (--this.viewers === 0 && this.checking !== null) {
      clearInterval(this.checking)
      this.checking = null
    }
    this.release(entry)
    this.logger.info({ ...entry.name, protocol: viewer.sink.protocol, reason }, 'media: play ended')
    this.notify('stop', entry.name, viewer.sink.protocol, reason)
  }

  private dropEntry(entry: Entry, reason: string): void {
    this.kickPublisher(entry, reason)
    for (const viewer of entry.stream.viewers) this.kickViewer(entry, viewer, reason)
  }

  private kickPublisher(entry: Entry, reason: string): void {
    const { publisher } = entry
    if (!publisher) return
    this.endPublication(entry, publisher, reason)
    publisher.kick(reason)
  }

  private kickViewer(entry: Entry, viewer: Viewer, reason: string): void {
    this.leave(entry, viewer, reason)
    viewer.sink.close(reason)
  }

  private release(entry: Entry): void {
    const { key, publisher, stream } = entry
    if (!publisher && stream.viewers.size === 0 && this.entries.get(key) === entry) this.entries.delete(key)
  }
}
