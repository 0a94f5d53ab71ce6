import { flvHeader } from './flv'
import type { MediaLimits } from './limits'
import type { Tag, TagKind } from './tag'
import type { Tracks } from './tracks'
import type { MediaProtocol } from './types'

/** A viewer's connection. */
export interface Sink {
  readonly protocol: MediaProtocol
  /** Bytes written but not yet taken by the network. */
  pending(): number
  write(bytes: Buffer): void
  close(reason: string): void
}

/** What a stream has for a viewer who starts now. */
export interface Opening {
  tracks: Tracks | null
  /** Metadata and configurations, then frames from a key frame on, if there is one. */
  tags: readonly Tag[]
  hasKeyFrame: boolean
}

export interface ViewerCounters {
  bytesOut: number
  droppedTags: number
}

/**
 * One viewer of a stream and its patience: who cannot keep up loses frames up to the next key frame rather than
 * falling ever further behind, and who takes nothing at all is let go.
 */
export class Viewer {
  private started = false
  private announced: Tracks | null = null
  private awaitingKey = true
  private skippingSince: number | null = null
  /** Configurations wait for the frame they are for: one write for all. */
  private readonly held = new Map<TagKind, Tag>()
  private readonly backlog = new Backlog()

  constructor(
    readonly holder: string,
    readonly sink: Sink,
    private readonly limits: Pick<MediaLimits, 'viewerLag' | 'viewerStuckTime' | 'viewerPending'>,
    private readonly counters: ViewerCounters,
  ) {}

  private get wantsFlv(): boolean {
    return this.sink.protocol !== 'rtmp'
  }

  /** Begins as soon as it can: FLV has to know the tracks first. */
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

  /** Whether the FLV header it was given tells other tracks. */
  contradicts({ audio, video }: Tracks): boolean {
    return this.announced !== null && (this.announced.audio !== audio || this.announced.video !== video)
  }

  /** A new publication: its pictures do not build on those before. */
  awaitKey(): void {
    this.awaitingKey = true
    this.held.clear()
  }

  /** False when the viewer has been stuck for too long. */
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

  /** Whether it has taken nothing for too long, whatever else is delivered. */
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

/** How long the oldest byte that the network has not taken has been waiting. */
class Backlog {
  private written = 0
  /** At most one a millisecond. */
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
