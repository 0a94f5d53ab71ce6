import type { AmfObject } from './amf0'

/** The kinds of media in a stream. */
export type Track = 'audio' | 'video'

export interface Tracks {
  audio: boolean
  video: boolean
}

/** Maximum delay of the second track after the first, ms. */
const PATIENCE = 1_000

const HAS = { audio: 'hasAudio', video: 'hasVideo' } as const
const MENTIONS: Record<Track, readonly string[]> = {
  audio: [HAS.audio, 'audiocodecid', 'audiosamplerate', 'audiodatarate'],
  video: [HAS.video, 'videocodecid', 'width', 'height', 'videodatarate'],
}

/**
 * Determines the tracks of a publication. An FLV header that announces a missing track keeps browsers from starting, and one that omits a
 * track loses it. Headers are therefore delayed until the tracks are known.
 */
export class TrackFinder {
  /** Null until known. A new object for each change. */
  known: Tracks | null = null
  private readonly seen: Tracks = { audio: false, video: false }
  private readonly ruledOut: Tracks = { audio: false, video: false }
  private firstAt: number | null = null

  /** Metadata that names only one track exclude the other one, until it appears. */
  declare(metadata: AmfObject): void {
    const spokenOf = (track: Track) =>
      metadata[HAS[track]] !== false && MENTIONS[track].some((key) => Boolean(metadata[key]))
    const [audio, video] = [spokenOf('audio'), spokenOf('video')]
    this.ruledOut.audio = video && !audio
    this.ruledOut.video = audio && !video
  }

  /** A tag of the track arrived. */
  observe(track: Track, now: number): void {
    this.seen[track] = true
    this.firstAt ??= now
    const { audio, video } = this.seen
    if (this.known?.audio === audio && this.known.video === video) return
    const settled = (audio || this.ruledOut.audio) && (video || this.ruledOut.video)
    if (this.known || settled || now - this.firstAt >= PATIENCE) this.known = { audio, video }
  }
}
