import type { AmfObject } from './amf0'

/** The two kinds of media in a stream. */
export type Track = 'audio' | 'video'

export interface Tracks {
  audio: boolean
  video: boolean
}

/** How long a second track may take to turn up after the first, ms. */
const PATIENCE = 1_000

const HAS = { audio: 'hasAudio', video: 'hasVideo' } as const
const MENTIONS: Record<Track, readonly string[]> = {
  audio: [HAS.audio, 'audiocodecid', 'audiosamplerate', 'audiodatarate'],
  video: [HAS.video, 'videocodecid', 'width', 'height', 'videodatarate'],
}

/**
 * Finds out which tracks a publication has. An FLV header that announces a track which never comes keeps browsers
 * from starting, and one that conceals a track loses it, so headers wait until this is known.
 */
export class TrackFinder {
  /** Null until it is known. Another object whenever it changes. */
  known: Tracks | null = null
  private readonly seen: Tracks = { audio: false, video: false }
  private readonly ruledOut: Tracks = { audio: false, video: false }
  private firstAt: number | null = null

  /** Metadata that speaks of one track only rules the other out, until it turns up all the same. */
  declare(metadata: AmfObject): void {
    const spokenOf = (track: Track) =>
      metadata[HAS[track]] !== false && MENTIONS[track].some((key) => Boolean(metadata[key]))
    const [audio, video] = [spokenOf('audio'), spokenOf('video')]
    this.ruledOut.audio = video && !audio
    this.ruledOut.video = audio && !video
  }

  /** Something of a track came. */
  observe(track: Track, now: number): void {
    this.seen[track] = true
    this.firstAt ??= now
    const { audio, video } = this.seen
    if (this.known?.audio === audio && this.known.video === video) return
    const settled = (audio || this.ruledOut.audio) && (video || this.ruledOut.video)
    if (this.known || settled || now - this.firstAt >= PATIENCE) this.known = { audio, video }
  }
}
