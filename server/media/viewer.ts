import { flvHeader } from './flv'
import type { MediaLimits } from './limits'
import type { Tag, TagKind } from './tag'
import type { Tracks } from './tracks'
import type { MediaProtocol } from './types'

/** A viewer's connection. */
export interface Sink {
  readonly protocol: MediaProtocol
  /** Bytes written but not yet sent. */
  pending(): number
  write(bytes: Buffer): void
  close(reason: string): void
}

/** The stream's data for a new viewer. */
export interface Opening {
  tracks: Tracks | null
  /** Metadata and configurations, then all frames since the last key frame, if any. */
  tags: readonly Tag[]
  hasKeyFrame: boolean
}

export interface ViewerCounters {
  bytesOut: number
  droppedTags: number
}

/** One viewer of a stream. If it is too slow, frames up to the next key frame are skipped; if it reads nothing, it is disconnected. */
export class Viewer {
  private started = false
  private announced: Tracks | null = null
  private awaitingKey = true
  private skippingSince: number | null = null
  /** Configurations are held back until their frame, to send both in one write. */
  private readonly held = new Map<TagKind, Tag>()
  private readonly backlog = new Backlog()

  constructor(
    readonly subject: string,
    readonly sink: Sink,
    private readonly limits: Pick<MediaLimits, 'viewerLag' | 'viewerStuckTime' | 'viewerPending'>,
    private readonly counters: ViewerCounters,
  ) {}

  private get wantsFlv(): boolean {
    return this.sink.protocol !== 'rtmp'
  }

  /** Starts once the tracks are known, since the FLV header names them. */
  tryStart(opening: Opening, now: number): void {
    if (this.started) return
    if (this.wantsFlv) {
      if (!opening.tracks) return
      this.announced = opening.tracks
      this.send([flvHeader(opening.tracks), ...this.encode(opening.tags)], now)
    } else {
      this.send(this.encode(opening.tags), now)
    }
    this.started = true
    this.awaitingKey = !opening.hasKeyFrame
  }

  /** Whether the FLV header that was sent names other tracks. */
  contradicts({ audio, video }: Tracks): boolean {
    return this.announced !== null && (this.announced.audio !== audio || this.announced.video !== video)
  }

  /** A new publication: its frames do not depend on earlier ones. */
  awaitKey(): void {
    this.awaitingKey = true
    this.held.clear()
  }

  /** Returns false if the viewer has not read for too long. */
  deliver(tag: Tag, now: number): boolean {
    if (!this.started) return true
    if (!tag.isFrame) {
      this.held.set(tag.kind, tag)
      return true
    }
    const skips = this.skips(now)
    if (this.skippingSince !== null && now - this.skippingSince > this.limits.viewerStuckTime) return false
    if (skips || (this.awaitingKey && tag.kind === 'video')) {
      this.counters.droppedTags++
      return true
    }
    if (tag.kind === 'video-key') this.awaitingKey = false
    if (this.held.size === 0) {
      this.send(this.encode([tag]), now)
    } else {
      this.send(this.encode([...this.held.values(), tag]), now)
      this.held.clear()
    }
    return true
  }

  /** Whether it has not read for too long. Also checked while nothing is delivered. */
  isStuck(now: number): boolean {
    const { viewerLag, viewerStuckTime } = this.limits
    return this.backlog.age(this.sink.pending(), now) > viewerLag + viewerStuckTime
  }

  private skips(now: number): boolean {
    const pending = this.sink.pending()
    const age = this.backlog.age(pending, now)
    if (this.skippingSince === null) {
      if (age <= this.limits.viewerLag && pending <= this.limits.viewerPending) return false
      this.skippingSince = now
      this.awaitingKey = true
      return true
    }
    if (pending > 0) return true
    this.skippingSince = null
    return false
  }

  private encode(tags: readonly Tag[]): Buffer[] {
    return tags.map((tag) => (this.wantsFlv ? tag.flv() : tag.rtmp()))
  }

  private send(parts: readonly Buffer[], now: number): void {
    const [first] = parts
    if (!first) return
    const bytes = parts.length === 1 ? first : Buffer.concat(parts)
    this.counters.bytesOut += bytes.length
    this.backlog.add(bytes.length, now)
    this.sink.write(bytes)
  }
}

/** Age of the oldest unsent byte. */
class Backlog {
  private written = 0
  /** At most one per millisecond. */
  private readonly marks: { end: number; at: number }[] = []

  add(bytes: number, now: number): void {
    this.written += bytes
    const last = this.marks.at(-1)
    if (last?.at === now) last.end = this.written
    else this.marks.push({ end: this.written, at: now })
  }

  age(pending: number, now: number): number {
    const taken = this.written - pending
    while (this.marks[0] && this.marks[0].end <= taken) this.marks.shift()
    return this.marks[0] ? now - this.marks[0].at : 0
  }
}
