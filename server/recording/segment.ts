import { parseAacConfig, type AacConfig } from '../media/codec/aac'
import { parseAvcConfig, type AvcConfig } from '../media/codec/avc'
import { reasonOf } from './reason'
import { readSegment } from './segment-reader'
import type { SpoolHeader } from './spool-format'

export type Track = 'audio' | 'video'
/** What one track of a segment holds. Times in ms on the publisher's clock. */
export interface SegmentTrack<Config> {
  config: Config
  /** The configuration as it was sent: one file can hold only what shares it. */
  description: Buffer
  frames: number
  /** From the first frame of each uninterrupted run to where its last one ends. */
  runs: Run[]
  /** Where the next frame would be decoded, and where the last one is no longer shown. */
  next: number
  end: number
}
export interface Run {
  from: number
  to: number
}
/** A segment's contents, found by reading it through once. */
export interface Segment {
  path: string
  header: SpoolHeader
  audio: SegmentTrack<AacConfig> | null
  video: SegmentTrack<AvcConfig> | null
  /** Of whichever track is first and last; null when there is no frame. */
  span: { first: number; next: number; end: number } | null
  /** Ended in good order, not left by a service that died. */
  closed: boolean
  damagedBytes: number
  /** All its pauses together, ms. */
  paused: number
  /** Its time stamps claim more pauses than it was allowed; the rest is left out. */
  cut: boolean
  /** How long its pauses were allowed to be: whoever reads it again must allow the same, ms. */
  allowed: number
  /** Tracks that came but cannot be put into a file, and why. */
  unusable: ReadonlyMap<Track, string>
}

/** Of a picture that stands alone, ms. */
const LONGEST_FRAME = 200
/** A picture that is older has stopped: the camera is off. Without one, publishers send two frames a second, ms. */
const LONGEST_HOLD = 3_000

/** Null when the file does not say whose it is: nothing can be made of it. `allowed`: how long its pauses can be, ms. */
export async function surveySegment(path: string, allowed: number): Promise<Segment | null> {
  let header: SpoolHeader | null = null
  const audio = new TrackSurvey(parseAacConfig)
  const video = new TrackSurvey(parseAvcConfig)
  let first = Infinity
  let closedAt: number | null = null
  let [damagedBytes, paused, cut] = [0, 0, false]
  for await (const packet of readSegment(path, allowed)) {
    if (packet.kind === 'header') header ??= packet.header
    else if (packet.kind === 'audio-config') audio.configure(packet.data)
    else if (packet.kind === 'video-config') video.configure(packet.data)
    else if (packet.kind === 'audio') audio.frame(packet.timestamp, packet.timestamp)
    else if (packet.kind === 'video') video.frame(packet.timestamp, packet.timestamp + packet.shift, packet.key)
    else if (packet.kind === 'damage') damagedBytes += packet.bytes
    else if (packet.kind === 'foreign') (packet.track === 'audio' ? audio : video).problem ??= packet.problem
    else if (packet.kind === 'end') closedAt = packet.timestamp
    else {
      paused += packet.length
      cut ||= packet.cut
    }
    if (packet.kind === 'audio' || packet.kind === 'video') first = Math.min(first, packet.timestamp)
  }
  if (header === null) return null
  const tracks = {
    audio: audio.result(({ frameLength }) => frameLength),
    video: video.result(() => Math.min(video.averageFrame, LONGEST_FRAME)),
  }
  const end = Math.max(tracks.audio?.end ?? 0, tracks.video?.end ?? 0)
  const next = Math.max(tracks.audio?.next ?? 0, tracks.video?.next ?? 0)
  const unusable = new Map<Track, string>()
  if (audio.problem !== null) unusable.set('audio', audio.problem)
  if (video.problem !== null) unusable.set('video', video.problem)
  return {
    path,
    header,
    ...tracks,
    span: tracks.audio || tracks.video ? { first, next, end: Math.max(end, closedAt ?? 0) } : null,
    closed: closedAt !== null,
    damagedBytes,
    paused,
    cut,
    allowed,
    unusable,
  }
}

class TrackSurvey<Config> {
  problem: string | null = null
  private known: { config: Config; description: Buffer } | null = null
  private frames = 0
  private firstKey: number | null = null
  private last = 0
  private shown = 0
  private readonly runs: Run[] = []

  constructor(private readonly parse: (description: Buffer) => Config) {}

  get averageFrame(): number {
    return (this.last - (this.firstKey ?? 0)) / Math.max(1, this.frames - 1)
  }

  configure(data: Buffer): void {
    if (this.known) return
    try {
      this.known = { config: this.parse(data), description: Buffer.from(data) }
    } catch (error) {
      this.problem ??= reasonOf(error)
    }
  }

  /** Only what follows the first key frame counts: the rest cannot be decoded. */
  frame(decodedAt: number, shownAt: number, key = true): void {
    if (key) this.firstKey ??= decodedAt
    if (this.firstKey === null) return
    this.frames++
    const run = this.runs.at(-1)
    if (!run || decodedAt - this.last > LONGEST_HOLD) this.runs.push({ from: shownAt, to: shownAt })
    else run.to = Math.max(run.to, shownAt)
    this.last = decodedAt
    this.shown = Math.max(this.shown, shownAt)
  }

  result(frameLength: (config: Config) => number): SegmentTrack<Config> | null {
    if (this.frames === 0) return null
    if (this.known === null) {
      this.problem ??= 'The codec configuration is missing.'
      return null
    }
    const length = frameLength(this.known.config)
    const runs = this.runs.map(({ from, to }) => ({ from, to: to + length }))
    return { ...this.known, frames: this.frames, runs, next: this.last + length, end: this.shown + length }
  }
}
