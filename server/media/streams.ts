import { BadInput } from './errors'
import type { MediaLogger } from './logger'
import type { MediaLimits } from './limits'
import { Stream } from './stream'
import { formatStreamName } from './stream-name'
import { AUDIO } from './tag'
import type { MediaEvents, MediaProtocol, Publication, StreamName, StreamStats } from './types'
import { type Sink, Viewer } from './viewer'

/** A publisher's hold on its stream, until either side ends it. */
export interface Publishing {
  /** Sends one FLV tag body. Ignored once it has ended. Throws BadInput for what cannot be played. */
  push(type: number, timestamp: number, payload: Buffer): void
  end(reason: string): void
}

/** A viewer's place at a stream, until either side ends it. */
export interface Viewing {
  end(reason: string): void
}

/** A stream, and whom the URL was made for that led to it. */
export interface Place {
  name: StreamName
  holder: string
}

/** How often viewers are looked at, ms. */
const CHECK_INTERVAL = 1_000

type Notify = <Name extends keyof MediaEvents>(event: Name, ...args: MediaEvents[Name]) => void

/** Whoever publishes now, and how to tell it that it is out. */
interface Publisher {
  holder: string
  publication: Publication
  putOut(reason: string): void
}

interface Entry {
  key: string
  name: StreamName
  stream: Stream
  publisher: Publisher | null
}

/** All streams, each there for as long as somebody publishes or views it. */
export class Streams {
  private readonly entries = new Map<string, Entry>()
  /** Runs while there are viewers: one that does not read is found without a publisher, too. */
  private checking: NodeJS.Timeout | null = null
  private viewers = 0

  constructor(
    private readonly notify: Notify,
    private readonly limits: MediaLimits,
    private readonly logger: MediaLogger,
  ) {}

  /** Takes the stream over: the newest publisher wins. `putOut` is called when it has to go, but not for its own `end`. */
  publish({ name, holder }: Place, protocol: MediaProtocol, putOut: (reason: string) => void): Publishing {
    const entry = this.open(name)
    if (entry.publisher) this.putPublisherOut(entry, 'replaced by a newer publisher')
    // Putting the old one out may have let go of the entry.
    this.entries.set(entry.key, entry)
    const publisher: Publisher = { holder, publication: { name, protocol, startedAt: Date.now() }, putOut }
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

  /** Joins a stream, which need not have a publisher yet. `sink.close` is called when the viewer has to go. */
  view({ name, holder }: Place, sink: Sink): Viewing {
    const entry = this.open(name)
    const [oldest, ...others] = [...entry.stream.viewers].filter((viewer) => viewer.holder === holder)
    if (oldest && others.length + 1 >= this.limits.viewersPerHolder) {
      this.putViewerOut(entry, oldest, 'replaced by a newer player')
      // Putting the old one out may have let go of the entry.
      this.entries.set(entry.key, entry)
    }
    const viewer = new Viewer(holder, sink, this.limits, entry.stream.counters)
    this.logger.info({ ...name, protocol: sink.protocol }, 'media: playing')
    entry.stream.join(viewer)
    this.viewers++
    this.checking ??= setInterval(() => this.dropStuck(), CHECK_INTERVAL)
    this.notify('play', name, sink.protocol)
    return { end: (reason) => this.leave(entry, viewer, reason) }
  }

  /** Whether a stream has as many viewers as it may. */
  isFull(name: StreamName): boolean {
    const viewers = this.entries.get(formatStreamName(name))?.stream.viewers.size ?? 0
    return viewers >= this.limits.viewersPerStream
  }

  drop(name: StreamName, reason: string): void {
    const entry = this.entries.get(formatStreamName(name))
    if (entry) this.dropEntry(entry, reason)
  }

  /** Ends what one holder publishes and views in a call. */
  dropHolder(cid: number, holder: string, reason: string): void {
    for (const entry of this.entries.values()) {
      if (entry.name.cid !== cid) continue
      if (entry.publisher?.holder === holder) this.putPublisherOut(entry, reason)
      for (const viewer of entry.stream.viewers) if (viewer.holder === holder) this.putViewerOut(entry, viewer, reason)
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
      for (const viewer of entry.stream.viewers) if (viewer.isStuck(now)) this.putViewerOut(entry, viewer, 'too slow')
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
      // Somebody who heard of the tag before may have ended the publication.
      if (entry.publisher?.publication !== publication) return
      for (const { viewer, reason } of entry.stream.deliver(tag)) this.putViewerOut(entry, viewer, reason)
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
    this.logger.info({ ...entry.name, protocol: publisher.publication.protocol, reason }, 'media: published')
    this.notify('unpublish', publisher.publication, reason)
  }

  private leave(entry: Entry, viewer: Viewer, reason: string): void {
    if (!entry.stream.viewers.delete(viewer)) return
    if (--this.viewers === 0 && this.checking !== null) {
      clearInterval(this.checking)
      this.checking = null
    }
    this.release(entry)
    this.logger.info({ ...entry.name, protocol: viewer.sink.protocol, reason }, 'media: played')
    this.notify('stop', entry.name, viewer.sink.protocol, reason)
  }

  private dropEntry(entry: Entry, reason: string): void {
    this.putPublisherOut(entry, reason)
    for (const viewer of entry.stream.viewers) this.putViewerOut(entry, viewer, reason)
  }

  private putPublisherOut(entry: Entry, reason: string): void {
    const { publisher } = entry
    if (!publisher) return
    this.endPublication(entry, publisher, reason)
    publisher.putOut(reason)
  }

  private putViewerOut(entry: Entry, viewer: Viewer, reason: string): void {
    this.leave(entry, viewer, reason)
    viewer.sink.close(reason)
  }

  private release(entry: Entry): void {
    const { key, publisher, stream } = entry
    if (!publisher && stream.viewers.size === 0 && this.entries.get(key) === entry) this.entries.delete(key)
  }
}
