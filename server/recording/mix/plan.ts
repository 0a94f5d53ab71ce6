/** What a call's mix shows and plays, and when: worked out from what its members bring, before anything is drawn. */
import { placesFor, type Place } from './layout'
import type { MixSource, PicturePiece, SoundPiece, Span } from './source'

/** A moment is shown at most half of 1/20 s before or after its time, so that none is 60 ms off from another. */
export const FRAME_RATE = 20
/** A longer scene is drawn in parts, so that a restart loses little; frames. */
const LONGEST_SCENE = 4 * 60 * FRAME_RATE

/** A member in the picture: its own, or its name card. */
export interface Tile {
  account: string
  place: Place
  picture: Picture | null
}
export interface Picture {
  path: string
  /** Time in the file when the scene begins, ms. */
  at: number
  /** How much faster than itself the file is played: 1, but where its publisher's clock drifted. */
  speed: number
  width: number
  height: number
}
/** A stretch of frames in which nothing moves but the pictures themselves. */
export interface Scene {
  /** Number of its first frame in the mix. */
  first: number
  frames: number
  tiles: Tile[]
}
/** One member's sound, one after the other, from the mix's beginning to its end; ms. `path` null is silence, `speed` that of a picture. */
export type Voice = Array<{ path: string | null; length: number; speed: number }>

export interface MixPlan {
  /** Wall clock of the mix's beginning, ms. */
  origin: number
  /** ms */
  length: number
  /** Empty for a mix without any picture. */
  scenes: Scene[]
  /** Of the members who have sound. */
  voices: Voice[]
}

/** Null when there is nothing to mix. */
export function planMix(sources: readonly MixSource[]): MixPlan | null {
  const members = sources
    .filter(({ present, sound, picture }) => present.length > 0 && sound.length + picture.length > 0)
    .sort((a, b) => beginning(a) - beginning(b) || a.uid - b.uid)
  const origin = Math.min(...members.map(beginning))
  const length = Math.max(...members.flatMap(({ present }) => present.map(({ to }) => to))) - origin
  if (!(length > 0)) return null
  const seen = members.some(({ shown, picture }) => picture.length > 0 && shown.length > 0)
  return {
    origin,
    length,
    scenes: seen ? scenesOf(members, origin, length) : [],
    voices: members.filter(({ sound }) => sound.length > 0).map((member) => voiceOf(member, origin, length)),
  }
}

const beginning = ({ present }: MixSource): number => present[0]?.from ?? Infinity

function scenesOf(members: readonly MixSource[], origin: number, length: number): Scene[] {
  const frameAt = (wall: number): number => Math.round(((wall - origin) * FRAME_RATE) / 1000)
  const end = Math.max(1, Math.ceil((length * FRAME_RATE) / 1000))
  const changes = members.flatMap(({ present, shown, picture }) =>
    [...present, ...shown, ...picture].flatMap(({ from, to }) => [frameAt(from), frameAt(to)]),
  )
  const cuts = [...new Set([0, ...changes, end])].filter((frame) => frame >= 0 && frame <= end).sort((a, b) => a - b)
  const scenes: Scene[] = []
  for (const [index, first] of cuts.slice(0, -1).entries()) {
    const next = cuts[index + 1] ?? end
    // The middle of the stretch: its edges were rounded.
    const wall = origin + ((first + next) / 2) * (1000 / FRAME_RATE)
    const start = origin + first * (1000 / FRAME_RATE)
    const scene = { first, frames: next - first, tiles: tilesAt(members, wall, start) }
    const before = scenes.at(-1)
    if (before && goesOn(before, scene)) before.frames += scene.frames
    else scenes.push(scene)
  }
  return scenes.flatMap(parts)
}

/** Who is in at a moment, in the order of joining; the first main speaker among them is large. */
function tilesAt(members: readonly MixSource[], wall: number, start: number): Tile[] {
  const there = members.filter(({ present }) => covers(present, wall))
  const main = there.findIndex(({ hostSpeaker }) => hostSpeaker)
  const places = placesFor(there.length, main < 0 ? null : main)
  return there.flatMap(({ account, shown, picture }, index) => {
    const place = places[index]
    const piece = covers(shown, wall) ? picture.find((one) => covers([one], wall)) : undefined
    return place ? [{ account, place, picture: piece ? pictureOf(piece, start) : null }] : []
  })
}

function pictureOf(piece: PicturePiece, start: number): Tile['picture'] {
  const { path, from, width, height } = piece
  const speed = speedOf(piece)
  return { path, at: Math.max(0, start - from) * speed, speed, width, height }
}

/** Less is not heard and moves nothing, even over hours. */
const LEAST_DRIFT = 1e-6

function speedOf({ from, to, length }: SoundPiece): number {
  const speed = to > from ? length / (to - from) : 1
  return Math.abs(speed - 1) < LEAST_DRIFT ? 1 : speed
}

const covers = (spans: readonly Span[], wall: number): boolean =>
  spans.some(({ from, to }) => wall >= from && wall < to)

/** Whether nothing changed between two scenes: the same members, with pictures of the same files. */
function goesOn(before: Scene, after: Scene): boolean {
  return (
    before.tiles.length === after.tiles.length &&
    before.tiles.every((tile, index) => {
      const next = after.tiles[index]
      return next?.account === tile.account && next.picture?.path === tile.picture?.path
    })
  )
}

function parts(scene: Scene): Scene[] {
  const count = Math.ceil(scene.frames / LONGEST_SCENE)
  return Array.from({ length: count }, (_, part) => {
    const skipped = part * LONGEST_SCENE
    const ms = (skipped * 1000) / FRAME_RATE
    const tiles = scene.tiles.map((tile) => ({
      ...tile,
      picture: tile.picture && { ...tile.picture, at: tile.picture.at + ms * tile.picture.speed },
    }))
    return { first: scene.first + skipped, frames: Math.min(LONGEST_SCENE, scene.frames - skipped), tiles }
  })
}

function voiceOf({ sound }: MixSource, origin: number, length: number): Voice {
  const voice: Voice = []
  let at = 0
  const add = (path: string | null, to: number, speed = 1): void => {
    if (to - at < 1) return
    voice.push({ path, length: to - at, speed })
    at = to
  }
  for (const piece of sound) {
    add(null, piece.from - origin)
    add(piece.path, piece.to - origin, speedOf(piece))
  }
  add(null, length)
  return voice
}
