/** The expected contents of a planned call's files, computed from the plan alone. Times in seconds of the call. */
import type { RecordingFileKind } from '../../../../server/recording/types'
import { memberOf, type Colour } from './members'
import { eventsOf, memberCount, requestOf, signalsOf, stretchesOf, type Plan, type Stretch } from './plan'
import type { Area } from './watch'

export interface Signals {
  beeps: number[]
  flashes: number[]
}
export interface ExpectedFile {
  uid: number
  kind: RecordingFileKind
  pieces: number
  from: number
  to: number
}
/** A member's place in the mixed picture, and its content. */
export interface Tile {
  uid: number
  place: Area
  shows: 'camera' | 'card'
}

export const uidsOf = (plan: Plan): number[] => Array.from({ length: memberCount(plan) }, (_, index) => index + 1)

/** A member's input. */
export function sentBy(plan: Plan, uid: number): Signals {
  const stretches = stretchesOf(plan, uid)
  return {
    beeps: signalsOf(stretches, ({ sound }) => sound),
    flashes: signalsOf(stretches, ({ picture }) => picture === 'camera'),
  }
}

/** The part of it that may be recorded. */
export function recordedOf(plan: Plan, uid: number): Signals {
  const { audio, video } = requestOf(plan, uid)
  const { beeps, flashes } = sentBy(plan, uid)
  return { beeps: audio ? beeps : [], flashes: video ? flashes : [] }
}

/** Sorted by member, the mix (member 0) last. */
export function expectedFiles(plan: Plan): ExpectedFile[] {
  const files: ExpectedFile[] = []
  const spans: { from: number; to: number; seen: boolean; asks: boolean }[] = []
  for (const uid of uidsOf(plan)) {
    const { audio, video, live, type } = requestOf(plan, uid)
    const stretches = stretchesOf(plan, uid)
    const [from, to] = [stretches[0]?.from ?? 0, stretches.at(-1)?.to ?? 0]
    const pictures = stretches.filter(({ picture }) => picture !== 'none')
    const pieces = pictures.filter(({ shape }, index) => shape !== pictures[index - 1]?.shape).length
    if (type !== '1' && audio) files.push({ uid, kind: 'aac', pieces: 1, from, to })
    if (type !== '1' && video && pieces > 0) files.push({ uid, kind: 'mp4', pieces, from, to })
    if (live) files.push({ uid, kind: 'flv', pieces: 1, from, to })
    if (audio || video) spans.push({ from, to, seen: video && pieces > 0, asks: type !== '2' })
  }
  if (spans.some(({ asks }) => asks)) {
    const kind = spans.some(({ seen }) => seen) ? 'mp4' : 'aac'
    const [from, to] = [Math.min(...spans.map((span) => span.from)), Math.max(...spans.map((span) => span.to))]
    files.push({ uid: 0, kind, pieces: 1, from, to })
  }
  return files
}

/** Content of a member's own video at a time; null where a pause allows any of it. */
export function ownColour(plan: Plan, uid: number, time: number): Colour | null {
  const stretch = stretchAt(plan, uid, time)
  if (!stretch || stretch.picture === 'none') return null
  return stretch.picture === 'dark' ? [0, 0, 0] : memberOf(uid).colour
}

/** The mixed picture at a time. */
export function tilesAt(plan: Plan, time: number): Tile[] {
  const inCall = uidsOf(plan)
    .filter((uid) => isIn(plan, uid, time))
    .sort((a, b) => joined(plan, a) - joined(plan, b) || a - b)
  const main = inCall.findIndex((uid) => requestOf(plan, uid).hostSpeaker)
  return inCall.map((uid, index) => {
    const seen = requestOf(plan, uid).video && stretchAt(plan, uid, time)?.picture === 'camera'
    return { uid, place: placeOf(index, inCall.length, main), shows: seen ? 'camera' : 'card' }
  })
}

/** Members that record neither audio nor video are not in the mix; a lost one keeps its place until it returns. */
function isIn(plan: Plan, uid: number, time: number): boolean {
  const { audio, video } = requestOf(plan, uid)
  const last = eventsOf(plan, uid).findLast(([at]) => at <= time)
  return (audio || video) && last !== undefined && last[2] !== 'leaves'
}

function stretchAt(plan: Plan, uid: number, time: number): Stretch | undefined {
  return stretchesOf(plan, uid).find(({ from, to }) => from <= time && time < to)
}

const joined = (plan: Plan, uid: number): number => eventsOf(plan, uid)[0]?.[0] ?? Infinity

/** One fills the picture, two are side by side, then 2×2 and 3×2; a main speaker has three quarters of the width. */
function placeOf(index: number, count: number, main: number): Area {
  if (main >= 0 && count > 1) {
    if (index === main) return { x: 0, y: 0, width: 0.75, height: 1 }
    const rows = Math.max(3, count - 1)
    return { x: 0.75, y: (index < main ? index : index - 1) / rows, width: 0.25, height: 1 / rows }
  }
  const columns = [1, 2, 2, 2, 3, 3][count - 1] ?? 3
  const rows = count < 3 ? 1 : 2
  const [width, height] = [1 / columns, 1 / rows]
  return { x: (index % columns) * width, y: Math.floor(index / columns) * height, width, height }
}

/** Times of changes in the call: near these, two pictures are correct. */
export const changesOf = ({ events, ends }: Plan): number[] => [0, ...events.map(([at]) => at), ends]
