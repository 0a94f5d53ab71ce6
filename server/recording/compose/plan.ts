/** The plan of a call's mix: scenes and voices in time, computed from its sources before encoding. */
import { placesFor, type Place } from './layout'
import type { MixSource, PicturePiece, SoundPiece, Span } from './source'

/** Frame interval 1/20 s: no moment is shown more than 25 ms off, so none is 60 ms off from another one. */
export const FRAME_RATE = 20
/** Longer scenes are encoded in parts, so that a restart loses little; frames. */
const LONGEST_SCENE = 4 * 60 * FRAME_RATE

/** A member in the picture: its video, or its name card. */
interface Tile {
  account: string
  place: Place
  picture: Picture | null
}
export interface Picture {
  path: string
  /** Position in the file at the scene's start, ms. */
  at: number
  /** Playback speed: 1 unless the publisher's clock drifted. */
  speed: number
  width: number
  height: number
}
/** A range of frames with constant layout and sources. */
export interface Scene {
  /** Index of its first frame in the mix. */
  first: number
  frames: number
  tiles: Tile[]
}
/** One member's audio from the mix's start to its end; ms. `path` null is silence, `speed` as for pictures. */
export type Voice = Array<{ path: string | null; length: number; speed: number }>

export interface MixPlan {
  /** Wall clock of the mix's start, ms. */
  origin: number
  /** ms */
  length: number
  /** Empty for a mix without video. */
  scenes: Scene[]
  /** Members that have audio. */
  voices: Voice[]
}

/** Null if there is nothing to mix. */
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
    // The middle of the range, because its edges are rounded.
    const wall = origin + ((first + next) / 2) * (1000 / FRAME_RATE)
    const start = origin + first * (1000 / FRAME_RATE)
    const scene = { first, frames: next - first, tiles: tilesAt(members, wall, start) }
    const before = scenes.at(-1)
    if (before && goesOn(before, scene)) before.frames += scene.frames
    else scenes.push(scene)
  }
  return scenes.flatMap(parts)
}

/** The members present at a moment in joining order; the first main speaker among them is large. */
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

/** A smaller deviation is inaudible and does not matter over hours. */
const LEAST_DRIFT = 1e-6

function speedOf({ from, to, length }: SoundPiece): number {
  const speed = to > from ? length / (to - from) : 1
  return Math.abs(speed - 1) < LEAST_DRIFT ? 1 : speed
}

const covers = (spans: readonly Span[], wall: number): boolean =>
  spans.some(({ from, to }) => wall >= from && wall < to)

/** Whether two scenes are equal: the same members, with pictures from the same files. */
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

/** A voice's pieces in consecutive groups of at most `most`. */
export function groupsOf(voice: Voice, most: number): Voice[] {
  const count = Math.ceil(voice.length / most)
  return Array.from({ length: count }, (_, group) => voice.slice(group * most, (group + 1) * most))
}
