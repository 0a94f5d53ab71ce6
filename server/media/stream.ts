import { StreamClock } from './clock'
import { GopCache } from './gop'
import type { Repair } from './codec/repair'
import type { MediaLimits } from './limits'
import { readMetadata, writeMetadata } from './metadata'
import { type Payload, PayloadReader } from './payload'
import { AUDIO, SCRIPT, VIDEO } from './flv'
import { Tag } from './tag'
import { TrackFinder, type Track } from './tracks'
import type { Opening, Viewer, ViewerCounters } from './viewer'

interface StreamCounters extends ViewerCounters {
  bytesIn: number
}

/** A viewer that has to be disconnected, and the reason. */
export interface Lost {
  viewer: Viewer
  reason: string
}

/** One stream: its clock, the data for new viewers, and its viewers. Outlives its publications. */
export class Stream {
  readonly viewers = new Set<Viewer>()
  readonly counters: StreamCounters = { bytesIn: 0, bytesOut: 0, droppedTags: 0 }
  private readonly clock = new StreamClock()
  private readonly gop: GopCache
  private tracks = new TrackFinder()
  private payloads = new PayloadReader()
  private metadata: Tag | null = null
  private configs: Partial<Record<Track, Tag>> = {}
  /** Time of the last tag, ms. */
  private heardAt = 0

  constructor(private readonly limits: MediaLimits) {
    this.gop = new GopCache(limits)
  }

  /** Resets the state of a publication, at its end. */
  reset(): void {
    this.clock.restart()
    this.gop.clear()
    this.tracks = new TrackFinder()
    this.payloads = new PayloadReader()
    this.metadata = null
    this.configs = {}
    for (const viewer of this.viewers) viewer.awaitKey()
  }

  join(viewer: Viewer): void {
    this.viewers.add(viewer)
    const now = performance.now()
    viewer.tryStart(this.opening(now), now)
  }

  /**
   * Converts a publisher's tag to tags of this stream: none if it holds nothing for viewers, a configuration and its frame if both changed.
   * Throws BadInput for a codec that cannot be played.
   */
  accept(type: number, timestamp: number, body: Buffer): { tags: Tag[]; repairs: Repair[] } {
    this.counters.bytesIn += body.length
    if (type === SCRIPT) {
      const tag = this.acceptMetadata(body)
      return { tags: tag ? [tag] : [], repairs: [] }
    }
    if (type !== AUDIO && type !== VIDEO) return { tags: [], repairs: [] }
    const { payloads, repairs } = this.payloads.read(type, body)
    const now = performance.now()
    const tags = payloads.map((payload) => this.acceptMedia(type, timestamp + payload.delay, payload, now))
    return { tags: tags.filter((tag) => tag !== null), repairs }
  }

  /** Sends the tag to all viewers. Returns those that have to be disconnected. */
  deliver(tag: Tag): Lost[] {
    const now = performance.now()
    const lost: Lost[] = []
    for (const viewer of this.viewers) {
      if (this.tracks.known && viewer.contradicts(this.tracks.known))
        lost.push({ viewer, reason: 'the tracks changed' })
      else if (!viewer.deliver(tag, now)) lost.push({ viewer, reason: 'too slow' })
    }
    return lost
  }

  private acceptMetadata(payload: Buffer): Tag | null {
    const metadata = readMetadata(payload)
    if (!metadata) return null
    this.tracks.declare(metadata)
    const timestamp = Math.max(this.clock.latest('audio'), this.clock.latest('video'))
    return (this.metadata = new Tag('metadata', SCRIPT, timestamp, writeMetadata(metadata)))
  }

  private acceptMedia(
    type: typeof AUDIO | typeof VIDEO,
    timestamp: number,
    { kind, body }: Payload,
    now: number,
  ): Tag | null {
    const track = type === AUDIO ? 'audio' : 'video'
    const isConfig = kind === 'audio-config' || kind === 'video-config'
    // Many encoders repeat their configuration with each key frame; players would restart each time.
    if (isConfig && this.configs[track]?.payload.equals(body)) return null

    if (this.isSilent(now)) this.gop.clear()
    this.heardAt = now
    this.observe(track, now)
    if (isConfig) {
      if (track === 'video') this.gop.clear()
      return (this.configs[track] = new Tag(kind, type, this.clock.latest(track), body))
    }
    const tag = new Tag(kind, type, this.clock.rebase(track, timestamp, now), body, timestamp >>> 0)
    this.gop.add(tag)
    return tag
  }

  /** Before the tag is cached or delivered, so that viewers that start with it get it once. */
  private observe(track: Track, now: number): void {
    const known = this.tracks.known
    this.tracks.observe(track, now)
    if (this.tracks.known === known) return
    const opening = this.opening(now)
    for (const viewer of this.viewers) viewer.tryStart(opening, now)
  }

  private isSilent(now: number): boolean {
    return now - this.heardAt > this.limits.gopAge
  }

  private opening(now: number): Opening {
    const frames = this.isSilent(now) ? [] : this.gop.tags
    const begin = (track: Track) => frames.find((tag) => tag.track === track)?.timestamp ?? this.clock.latest(track)
    const heads = [
      this.metadata?.at(Math.min(begin('audio'), begin('video'))),
      this.configs.audio?.at(begin('audio')),
      this.configs.video?.at(begin('video')),
    ].filter((tag) => tag !== undefined)
    return { tracks: this.tracks.known, tags: [...heads, ...frames], hasKeyFrame: frames.length > 0 }
  }
}
