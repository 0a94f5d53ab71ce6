/** Faulty publishers as reported from the field: each model changes the tags of one publication. */
import type { Chance } from '../../../support/random'
import { isPicture, isSound, PAYLOAD_MODELS, type Sent } from '../../media/payload-models'

/** A tag with the time at which it is sent. `at`: ms from the start of the publication. */
export interface Leaving extends Sent {
  at: number
}
export type Publisher = (tags: readonly Leaving[]) => Leaving[]
interface Model {
  name: string
  /** Allowed distance of audio and video if they can only be aligned by arrival, seconds; undefined: the usual limit. */
  apart?: number
  publisher: Publisher
}
type Draw = (chance: Chance) => Model

/** A track's name and predicate. */
type Tracks = readonly [name: string, which: (tag: Sent) => boolean]
const SOUND: Tracks = ['sound', isSound]
const PICTURE: Tracks = ['picture', isPicture]
const TRACKS = [SOUND, PICTURE] as const
const BOTH: Tracks = ['sound and picture', Boolean]
/** Gap during which a standing clock stops, ms. */
const GAP = 300
const UNCERTAIN = 0.15

const restamped = (tags: readonly Leaving[], which: (tag: Sent) => boolean, change: (tag: Leaving) => number) =>
  tags.map((tag) => (which(tag) ? { ...tag, timestamp: change(tag) } : tag))

/** AAC frames that leave the encoder together, with one timestamp. */
export const inBursts =
  (size: number): Publisher =>
  (tags) => {
    const sounds = tags.filter(isSound)
    const together = new Map(
      sounds.map((tag, index) => {
        const first = sounds[index - (index % size)] ?? tag
        const last = sounds[Math.min(sounds.length - 1, index - (index % size) + size - 1)] ?? tag
        // A pause ends a burst.
        const isWhole = last.at - first.at < size * 70
        return [tag, isWhole ? { ...tag, timestamp: first.timestamp, at: last.at } : tag]
      }),
    )
    return tags.map((tag) => together.get(tag) ?? tag).toSorted((one, other) => one.at - other.at)
  }

/** Audio timestamps with an approximately normal error; `sigma`: ms. */
export const trembling = (sigma: number, chance: Chance): Publisher => {
  const bell = (): number => chance.between(-1, 1) + chance.between(-1, 1) + chance.between(-1, 1)
  return (tags) => restamped(tags, isSound, ({ timestamp }) => timestamp + sigma * bell())
}

/** Frames in a row, each with the same error. `share`: place of the first one, as a share of the track. */
export const withOutliers =
  (which: Tracks[1], by: number, share: number, count = 1): Publisher =>
  (tags) => {
    const own = tags.filter(which)
    const first = Math.max(0, Math.floor((own.length - count) * share))
    const wrong = new Set<Sent>(own.slice(first, first + count))
    return restamped(
      tags,
      (tag) => wrong.has(tag),
      ({ timestamp }) => timestamp + by,
    )
  }

/** The track's clock stops during gaps. */
export const standingStill =
  (which: Tracks[1]): Publisher =>
  (tags) => {
    let [before, missing] = [NaN, 0]
    return restamped(tags, which, ({ timestamp, at }) => {
      if (at - before > GAP) missing += at - before - 20
      before = at
      return timestamp - missing
    })
  }

/** The track's timestamps begin with 0 at its first frame. */
export const withOwnZero =
  (which: Tracks[1]): Publisher =>
  (tags) => {
    const zero = tags.find(which)?.timestamp ?? 0
    return restamped(tags, which, ({ timestamp }) => timestamp - zero)
  }

/** All following timestamps are wrong. `from`: ms from the start of the publication. */
export const stepping =
  (which: Tracks[1], by: number, from: number): Publisher =>
  (tags) =>
    restamped(tags, which, ({ timestamp, at }) => (at >= from ? timestamp + by : timestamp))

const bursts: Draw = (chance) => {
  const size = 2 + chance.below(7)
  return { name: `bursts of ${size}`, publisher: inBursts(size) }
}

const jitter: Draw = (chance) => {
  const sigma = 5 + chance.below(36)
  return {
    name: `jitter of ${sigma} ms`,
    apart: sigma > 25 ? UNCERTAIN : 0,
    publisher: trembling(sigma, chance),
  }
}

const outlier: Draw = (chance) => {
  const [track, which] = chance.of(TRACKS)
  const by = Math.round(chance.between(300, 5000)) * chance.of([-1, 1])
  return { name: `one frame of ${track} ${by} ms wrong`, publisher: withOutliers(which, by, chance.between(0, 1)) }
}

const outliers: Draw = (chance) => {
  const [track, which] = chance.of(TRACKS)
  const by = Math.round(chance.between(300, 5000)) * chance.of([-1, 1])
  const count = 2 + chance.below(4)
  return {
    name: `${count} frames of ${track} ${by} ms wrong`,
    publisher: withOutliers(which, by, chance.between(0, 1), count),
  }
}

/** A network that passes nothing for a while, and then everything at once: before the end, after which nothing is received. */
const stall: Draw = (chance) => {
  const [from, length] = [chance.between(500, 4000), chance.between(300, 2000)]
  const publisher: Publisher = (tags) => {
    const to = Math.min(from + length, (tags.at(-1)?.at ?? 0) - 300)
    return tags.map((tag) => (tag.at >= from && tag.at < to ? { ...tag, at: to } : tag))
  }
  return { name: `a network that stalls from ${Math.round(from)} ms on for ${Math.round(length)} ms`, publisher }
}

const standing: Draw = (chance) => {
  const [track, which] = chance.of(TRACKS)
  return {
    name: `a clock of ${track} that stands still in pauses`,
    apart: UNCERTAIN,
    publisher: standingStill(which),
  }
}

const ownZero: Draw = (chance) => {
  const [track, which] = chance.of(TRACKS)
  return { name: `a zero of its own for ${track}`, apart: UNCERTAIN, publisher: withOwnZero(which) }
}

const step: Draw = (chance) => {
  const [track, which] = chance.of([...TRACKS, BOTH])
  const by = Math.round(chance.between(400, 30_000)) * chance.of([-1, 1])
  const from = chance.between(500, 4000)
  const name = `${track} ${by} ms off from ${Math.round(from)} ms on`
  return { name, apart: UNCERTAIN, publisher: stepping(which, by, from) }
}

/** A muxer that keeps timestamps monotonic: each at least 1 ms after the previous one. */
const rising: Draw = (chance) => {
  const [track, which] = chance.of(TRACKS)
  const publisher: Publisher = (tags) => {
    let last = -Infinity
    return restamped(tags, which, ({ timestamp }) => (last = Math.max(last + 1, timestamp)))
  }
  return { name: `a muxer that lets ${track} rise only`, publisher }
}

const stuck: Draw = (chance) => {
  const [track, which] = chance.of(TRACKS)
  const [from, length] = [chance.between(500, 4000), chance.of([700, 2000, Infinity])]
  const publisher: Publisher = (tags) => {
    const at = tags.find((tag) => which(tag) && tag.at >= from)?.timestamp ?? 0
    return restamped(tags, which, (tag) => (tag.at >= from && tag.at < from + length ? at : tag.timestamp))
  }
  const name = `timestamps of ${track} stuck from ${Math.round(from)} ms on for ${length} ms`
  return { name, apart: UNCERTAIN, publisher }
}

const drift: Draw = (chance) => {
  const [track, which] = chance.of([...TRACKS, BOTH])
  const ppm = Math.round(chance.between(-1000, 1000))
  return {
    name: `${track} drifting by ${ppm} ppm`,
    publisher: (tags) => restamped(tags, which, ({ timestamp }) => timestamp * (1 + ppm / 1e6)),
  }
}

const wrap: Draw = (chance) => {
  const before = Math.round(chance.between(0, 4000))
  return {
    name: `32 bits running over after ${before} ms`,
    publisher: (tags) => restamped(tags, Boolean, ({ timestamp }) => 2 ** 32 - before + timestamp),
  }
}

const payload: Draw = (chance) => {
  const [name, model] = PAYLOAD_MODELS[chance.below(PAYLOAD_MODELS.length)] ?? ['as they are', (tags) => [...tags]]
  return { name, publisher: model }
}

/** In processing order: encoder, clock, muxer, network. */
const DRAWS = [
  payload,
  jitter,
  bursts,
  standing,
  drift,
  ownZero,
  step,
  outlier,
  outliers,
  stuck,
  rising,
  wrap,
  stall,
] as const

/** Draws a publisher with one to three faults. */
export function drawPublisher(chance: Chance): Model {
  // Each kind at most once: stacked bursts do not occur in the field.
  const draws = new Set(Array.from({ length: 1 + chance.below(3) }, () => chance.of(DRAWS)))
  // Within a stall only the order of frames distinguishes a clock that steps or stops from one that continues.
  if (draws.has(stall)) for (const draw of [step, stuck, standing]) draws.delete(draw)
  const models = DRAWS.filter((draw) => draws.has(draw)).map((draw) => draw(chance))
  return {
    name: models.map(({ name }) => name).join(', '),
    apart: Math.max(...models.map(({ apart }) => apart ?? 0)),
    publisher: (tags) => models.reduce<Leaving[]>((changed, { publisher }) => publisher(changed), [...tags]),
  }
}
