import { parseAacConfig, type AacConfig } from '../../media/codec/aac'
import { parseAvcConfig, type AvcConfig } from '../../media/codec/avc'
import { planSound, type SoundPlan } from '../clock/sound-plan'
import type { PlacedPublication, SpooledPublication } from './publication'
import { SpooledFrames } from '../spool/spooled-frames'

/** The tracks of a publication that a file holds. */
export type Chosen = (publication: SpooledPublication) => { audio: boolean; video: boolean }

/** Frames of one configuration, by their numbers in the participant's whole recording. */
interface Stretch<Config> {
  from: number
  to: number
  description: Buffer
  config: Config
  publication: SpooledPublication
}

/** A part of a recording that fits one file. Pieces adjoin: their lengths add up to the whole. Positions in files, ms. */
export interface Piece {
  start: number
  end: number
  sound: { config: AacConfig; description: Buffer } | null
  picture: { config: AvcConfig; description: Buffer } | null
  /** Whether the frame with this number belongs to it. */
  hasSound: (number: number) => boolean
  hasPicture: (number: number) => boolean
}

/** `cut`: pieces above the maximum are left out. */
interface Pieces {
  pieces: Piece[]
  cut: boolean
}

/** Maximum number of pieces of a track; real encoders change their configuration far less often. */
const MOST_PIECES = 100
/** An audio change within this time after a video change belongs to it, ms. */
const TOGETHER = 500

/**
 * A participant's whole recording in time. Audio is placed by counting frames; positions in files are those of the audio, and pictures
 * follow (`SoundPlan`). Without audio, positions are media time.
 */
export class ParticipantTimeline {
  readonly sound: SoundPlan | null
  readonly frames: SpooledFrames
  /** Media time of each frame, ms from the participant's first publication. */
  readonly sounds: Float64Array
  readonly pictures: Float64Array
  /** End of the last publication, in files. */
  readonly end: number
  readonly audio: readonly Stretch<AacConfig>[]
  readonly video: readonly Stretch<AvcConfig>[]

  /** Publications as placed, each extended to the end of its counted audio, so that frames sharing the last timestamp are kept. */
  readonly publications: readonly PlacedPublication[]

  constructor(publications: readonly PlacedPublication[]) {
    this.audio = stretches(publications, 'audio', parseAacConfig)
    this.video = stretches(publications, 'video', parseAvcConfig)
    this.frames = new SpooledFrames(publications.map(({ publication }) => publication))
    this.pictures = concatenated(publications.map(({ video }) => video))
    this.sounds = concatenated(publications.map(({ audio }) => audio))
    const times = this.sounds
    const lengths = new Float64Array(times.length)
    for (const { from, to, config } of this.audio) lengths.fill(config.frameLength, from, to)
    this.sound = times.length > 0 ? planSound(times, lengths) : null
    let frames = 0
    this.publications = publications.map((one) => {
      frames += one.audio.length
      if (one.audio.length === 0) return one
      return { ...one, end: Math.max(one.end, this.timeOf(this.soundAt(frames - 1) + (lengths[frames - 1] ?? 0))) }
    })
    const lastSound = this.soundAt(frames - 1) + (lengths.at(-1) ?? 0)
    this.end = Math.max(lastSound, this.placeOf(this.publications.at(-1)?.end ?? 0))
  }

  /** Position of a media time in files. */
  placeOf(time: number): number {
    return time - (this.sound?.lagAt(time) ?? 0)
  }

  /** Media time of a position in files. */
  timeOf(place: number): number {
    return this.sound?.timeAt(place) ?? place
  }

  /** Pieces of audio: a new one begins with each configuration. */
  soundPieces(chosen: Chosen): Pieces {
    const own = this.audio.filter(({ publication }) => chosen(publication).audio)
    const parts = split(own)
    const pieces = parts.slice(0, MOST_PIECES).map((part, index) => ({
      start: index === 0 ? 0 : this.startOf(part),
      end: index === parts.length - 1 ? this.end : this.startOf(parts[index + 1] ?? part),
      sound: { config: part.config, description: part.description },
      picture: null,
      hasSound: inStretches(part.stretches),
      hasPicture: () => false,
    }))
    return { pieces, cut: pieces.length < parts.length }
  }

  /**
   * Pieces of video: a new one begins with each configuration, and at the first key frame after an audio change if audio is included, since
   * a file holds one of each; constant audio changes split no video.
   */
  picturePieces(chosen: Chosen): Pieces {
    const pictures = this.video.filter(({ publication }) => chosen(publication).video)
    const sounds = this.audio.filter(({ publication }) => chosen(publication).audio)
    const whole = split(pictures)
    const bySound = whole.flatMap((part) => this.splitBySound(part, sounds))
    const parts = bySound.length > MOST_PIECES ? whole : bySound
    const kept = parts.slice(0, MOST_PIECES)
    const begins = parts.map((part, index) => (index === 0 ? { place: 0, sound: 0 } : this.beginningOf(part)))
    const pieces = kept.map((part, index): Piece => {
      const [begin, next] = [begins[index] ?? { place: 0, sound: 0 }, begins[index + 1]]
      const within = (number: number): boolean => number >= begin.sound && number < (next?.sound ?? Infinity)
      const own = sounds.filter(({ from, to }) => to > begin.sound && from < (next?.sound ?? Infinity))
      const most = mostOf(own, begin.sound, next?.sound ?? Infinity)
      const inSound = inStretches(own.filter(({ description }) => most && description.equals(most.description)))
      return {
        start: begin.place,
        end: next?.place ?? this.end,
        sound: most ? { config: most.config, description: most.description } : null,
        picture: { config: part.config, description: part.description },
        hasSound: (number) => within(number) && inSound(number),
        hasPicture: inStretches(part.stretches),
      }
    })
    return { pieces, cut: kept.length < parts.length }
  }

  /** Start of a video piece in files, and its first audio frame: the publication's start for its first picture, otherwise the picture. */
  private beginningOf({ stretches: [first] }: Part<AvcConfig>): { place: number; sound: number } {
    const base = { audio: 0, video: 0 }
    for (const { publication, start, audio } of this.publications) {
      if (publication === first?.publication) {
        if (first.from === base.video) return { place: this.placeOf(start), sound: base.audio }
        const place = this.placeOf(this.pictures[first.from] ?? 0)
        const sound = audio.findIndex((_, at) => this.soundAt(base.audio + at) >= place)
        return { place, sound: base.audio + (sound === -1 ? audio.length : sound) }
      }
      base.audio += publication.audio.sent.length
      base.video += publication.video.sent.length
    }
    return { place: 0, sound: 0 }
  }

  /** Start of an audio frame in files. */
  soundAt(number: number): number {
    return this.sound?.starts[number] ?? 0
  }

  private startOf({ stretches: [first] }: { stretches: readonly Stretch<AacConfig>[] }): number {
    return this.soundAt(first?.from ?? 0)
  }

  /** Splits a part at the first key frame after each audio change. */
  private splitBySound(part: Part<AvcConfig>, sounds: readonly Stretch<AacConfig>[]): Part<AvcConfig>[] {
    const changes = sounds.flatMap((sound, at) => {
      const before = sounds[at - 1]
      return before && !before.description.equals(sound.description) ? [this.soundAt(sound.from)] : []
    })
    let parts = [part]
    for (const change of changes) {
      const last = parts.at(-1)
      const begin = this.placeOf(this.pictures[last?.stretches[0]?.from ?? 0] ?? 0)
      // Both changed together: the little audio before it has its own file.
      if (change - begin < TOGETHER) continue
      const key = last && this.firstKey(last, change)
      if (last && key !== null && key !== undefined) parts = [...parts.slice(0, -1), ...cutAt(last, key)]
    }
    return parts
  }

  /** The number of the part's first key frame at or after a position; null if there is none or it is the first frame. */
  private firstKey({ stretches }: Part<AvcConfig>, place: number): number | null {
    for (const { from, to } of stretches) {
      for (let number = from; number < to; number++) {
        if (this.frames.video.keys[number] !== 1 || this.placeOf(this.pictures[number] ?? 0) < place) continue
        return number === stretches[0]?.from ? null : number
      }
    }
    return null
  }
}

/** The range with the configuration that most frames have. */
function mostOf<Config>(all: readonly Stretch<Config>[], from: number, to: number): Stretch<Config> | null {
  let most: { stretch: Stretch<Config>; frames: number } | null = null
  for (const stretch of all) {
    const same = all.filter(({ description }) => description.equals(stretch.description))
    const frames = same.reduce((sum, one) => sum + Math.min(one.to, to) - Math.max(one.from, from), 0)
    if (!most || frames > most.frames) most = { stretch, frames }
  }
  return most?.stretch ?? null
}

/** Consecutive ranges of one configuration. */
interface Part<Config> {
  stretches: Stretch<Config>[]
  config: Config
  description: Buffer
}

function split<Config>(all: readonly Stretch<Config>[]): Part<Config>[] {
  const parts: Part<Config>[] = []
  for (const stretch of all) {
    const part = parts.at(-1)
    if (part?.description.equals(stretch.description)) part.stretches.push(stretch)
    else parts.push({ stretches: [stretch], config: stretch.config, description: stretch.description })
  }
  return parts
}

function cutAt<Config>(part: Part<Config>, number: number): Part<Config>[] {
  const before = part.stretches.flatMap((one) => (one.from < number ? [{ ...one, to: Math.min(one.to, number) }] : []))
  const after = part.stretches.flatMap((one) => (one.to > number ? [{ ...one, from: Math.max(one.from, number) }] : []))
  return [before, after].map((stretches) => ({ ...part, stretches }))
}

function stretches<Config>(
  publications: readonly PlacedPublication[],
  track: 'audio' | 'video',
  parse: (description: Buffer) => Config,
): Stretch<Config>[] {
  const found: Stretch<Config>[] = []
  let base = 0
  for (const { publication } of publications) {
    const { configs, sent } = publication[track]
    configs.forEach(({ from, description }, at) => {
      const to = configs[at + 1]?.from ?? sent.length
      found.push({ from: base + from, to: base + to, description, config: parse(description), publication })
    })
    base += sent.length
  }
  return found
}

/** Whether a number is in one of the ranges; optimized for ascending queries. */
function inStretches(all: readonly { from: number; to: number }[]): (number: number) => boolean {
  let near = 0
  return (number) => {
    if (number < (all[near]?.from ?? Infinity)) near = 0
    while (near < all.length - 1 && number >= (all[near]?.to ?? Infinity)) near++
    const stretch = all[near]
    return stretch !== undefined && number >= stretch.from && number < stretch.to
  }
}

function concatenated(parts: readonly Float64Array[]): Float64Array {
  const whole = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
