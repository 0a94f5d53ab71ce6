/** Compares the files of a call with its plan. Each deviation beyond the limits is reported as text. */
import type { FrameAccount } from '../../../../server/recording/frame-account'
import type { RecordingFile } from '../../../../server/recording/types'
import { keptTracks, wantedOf } from '../../../../server/recording/remux/wanted'
import {
  changesOf,
  expectedFiles,
  ownColour,
  recordedOf,
  sentBy,
  tilesAt,
  uidsOf,
  type ExpectedFile,
  type Signals,
} from './expected'
import { FLASH, HUM, humOf, memberOf, type Colour } from './members'
import type { SentFrames } from './perform'
import { requestOf, stretchesOf, type Plan } from './plan'
import { compare, LIMITS } from './signals'
import { joined, type Area, type Sound, type Watched } from './watch'

/** Seconds. */
const LENGTH_OFF = 0.2
const CLOCKS_OFF = 0.5
/** Largest share of the received audio that may be silent in a file, and the decoder's ramp at each end of it, s. */
const LOST = 0.01
const RAMP = 0.05
/** Samples of an AAC frame. */
const FRAME = 1024
/** An inaudible amplitude. A tone that is cut, as at a reconnect, clicks, and a click contains every frequency. */
const SILENCE = 0.03
/** Tolerance of a colour channel, 0 to 255. */
const SHADE = 40
/** Sample interval of colours, and distance from a change or a flash, seconds. */
const LOOK_EVERY = 0.2
const AWAY = 0.3
const WHOLE: Area = { x: 0, y: 0, width: 1, height: 1 }

/** The service's data about a file. */
type ToldFile = Pick<RecordingFile, 'uid' | 'kind' | 'pieceIndex' | 'filename' | 'duration'>

/**
 * Empty if everything is as planned. `watchFile` decodes a file of that name; `sent`: number of received frames, to find silence in files.
 */
export async function judge(
  plan: Plan,
  files: readonly ToldFile[],
  watchFile: (name: string) => Promise<Watched>,
  sent: readonly SentFrames[] = [],
): Promise<string[]> {
  const expected = expectedFiles(plan)
  const wanted = expected.flatMap(({ uid, kind, pieces }) =>
    Array.from({ length: pieces }, (_, piece) => `${uid} ${kind} ${piece}`),
  )
  const found = files.map(({ uid, kind, pieceIndex }) => `${uid} ${kind} ${pieceIndex}`)
  if (wanted.join() !== found.join()) return [`the files are ${found.join(', ')}; planned are ${wanted.join(', ')}`]
  const complaints = expected.map(async (file) => {
    const pieces = files.filter(({ uid, kind }) => uid === file.uid && kind === file.kind)
    const watched = await watchAll(pieces, file.from, watchFile)
    const length = pieces.reduce((sum, { duration }) => sum + duration, 0) / 1000
    const said = [
      ...(Math.abs(length - (file.to - file.from)) > (plan.publishers ? CLOCKS_OFF : LENGTH_OFF)
        ? [`it lasts ${length} s`]
        : []),
      ...(file.uid === 0 ? judgeMix(plan, watched) : judgeSingle(plan, file, watched)),
      ...sent.flatMap((counts) => judgeSilence(plan, file, watched, counts)),
    ]
    return said.map((complaint) => `${file.uid === 0 ? 'mix' : `${file.kind} of ${file.uid}`}: ${complaint}`)
  })
  return (await Promise.all(complaints)).flat()
}

/** Empty if every sent and recorded frame of a member is in a file. */
export function judgeFrames(plan: Plan, sent: readonly SentFrames[], frames: readonly FrameAccount[]): string[] {
  return sent.flatMap(({ uid, ...counts }) => {
    const kept = keptTracks(wantedOf({ request: requestOf(plan, uid) }))
    return (['audio', 'video'] as const).flatMap((track) => {
      const { received = 0, written = 0, dropped = {} } = frames.find((one) => one.uid === uid)?.[track] ?? {}
      const expected = kept[track] ? counts[track] : 0
      if (received === expected && written === expected) return []
      return [
        `${track} of ${uid}: ${written} of ${received} frames are written, ${expected} were sent; ${JSON.stringify(dropped)}`,
      ]
    })
  })
}

/** Compares the duration of a member's audible audio with its received frames. Live recordings are exempt: their clock may leave gaps. */
function judgeSilence(plan: Plan, file: ExpectedFile, { sound }: Watched, { uid, audio }: SentFrames): string[] {
  if (!sound || !requestOf(plan, uid).audio || file.kind === 'flv' || (file.uid !== 0 && file.uid !== uid)) return []
  const member = memberOf(uid)
  const wanted = (audio * FRAME) / member.sampleRate
  const heard = sound.heard([
    { tone: humOf(member), least: HUM / 2 },
    { tone: member.tone, least: HUM },
  ])
  const stretches = stretchesOf(plan, uid).filter((stretch) => stretch.sound).length
  if (heard >= wanted * (1 - LOST) - stretches * RAMP) return []
  return [`of ${wanted.toFixed(2)} s of audio of ${uid}, ${heard.toFixed(2)} s are heard`]
}

/** In the call's time. */
async function watchAll(
  files: readonly ToldFile[],
  from: number,
  watchFile: (name: string) => Promise<Watched>,
): Promise<Watched> {
  let next = from
  const pieces = files.map(async ({ filename, duration }) => {
    const at = next
    next += duration / 1000
    return { at, ...(await watchFile(filename)) }
  })
  return joined(await Promise.all(pieces))
}

function judgeSingle(plan: Plan, { uid, kind }: ExpectedFile, { film, sound }: Watched): string[] {
  const signals = kind === 'flv' ? sentBy(plan, uid) : recordedOf(plan, uid)
  const expected = { ...signals, flashes: kind === 'aac' ? [] : signals.flashes }
  const found = {
    beeps: sound?.beeps(memberOf(uid).tone) ?? [],
    flashes: film?.flashes(() => middle(WHOLE)) ?? [],
  }
  const hasPicture = stretchesOf(plan, uid).some(({ picture }) => picture !== 'none')
  const complaints = [
    ...tracks(
      { film, sound },
      { film: kind !== 'aac' && hasPicture, sound: kind === 'flv' || requestOf(plan, uid).audio },
    ),
    ...compare(expected, found, isUnsettled(plan), plan).complaints,
  ]
  for (const other of uidsOf(plan)) if (other !== uid) complaints.push(...silence(sound, other))
  for (const time of film ? moments(plan, expected.flashes) : []) {
    const wanted = ownColour(plan, uid, time)
    const seen = film?.colour(time, middle(WHOLE))
    if (wanted && !isAlike(wanted, seen)) complaints.push(`at ${time} it shows ${String(seen)}, not ${wanted.join()}`)
  }
  return complaints
}

function judgeMix(plan: Plan, watched: Watched): string[] {
  const { film, sound } = watched
  const all = uidsOf(plan).map((uid) => ({ uid, expected: recordedOf(plan, uid) }))
  const complaints = tracks(watched, {
    film: all.some(({ expected }) => expected.flashes.length > 0),
    sound: all.some(({ expected }) => expected.beeps.length > 0),
  })
  const late: Signals = { beeps: [], flashes: [] }
  for (const { uid, expected } of all) {
    const areaAt = (time: number): Area | null => {
      const tile = tilesAt(plan, time).find((one) => one.uid === uid)
      return tile?.shows === 'camera' ? middle(tile.place) : null
    }
    const found = { beeps: sound?.beeps(memberOf(uid).tone) ?? [], flashes: film?.flashes(areaAt) ?? [] }
    const compared = compare(expected, found, isUnsettled(plan), plan)
    late.beeps.push(...compared.late.beeps)
    late.flashes.push(...compared.late.flashes)
    const own = [...compared.complaints, ...(film ? judgeTile(plan, watched, uid, expected.flashes) : [])]
    complaints.push(...own.map((complaint) => `member ${uid}: ${complaint}`))
    if (expected.beeps.length === 0) complaints.push(...silence(sound, uid))
  }
  for (const [what, times] of Object.entries(late)) {
    const apart = Math.max(...times) - Math.min(...times)
    if (apart > LIMITS.members) complaints.push(`members' ${what} are ${apart.toFixed(3)} s apart`)
  }
  return complaints
}

/** Content of a member's place in the mix. */
function judgeTile(plan: Plan, { film }: Watched, uid: number, flashes: readonly number[]): string[] {
  const { card, colour } = memberOf(uid)
  return moments(plan, flashes).flatMap((time) => {
    const tile = tilesAt(plan, time).find((one) => one.uid === uid)
    if (!tile) return []
    const isCard = tile.shows === 'card'
    const wanted = isCard ? card : colour
    const seen = film?.colour(time, isCard ? foot(tile.place) : middle(tile.place))
    return isAlike(wanted, seen) ? [] : [`at ${time} its ${tile.shows} should be ${wanted.join()}, not ${String(seen)}`]
  })
}

function tracks({ film, sound }: Watched, wanted: { film: boolean; sound: boolean }): string[] {
  return [
    ...((film !== null) === wanted.film ? [] : [`it has ${film ? 'a' : 'no'} picture`]),
    ...((sound !== null) === wanted.sound ? [] : [`it has ${sound ? 'a' : 'no'} sound`]),
  ]
}

function silence(sound: Sound | null, uid: number): string[] {
  const loudest = sound?.loudest(memberOf(uid).tone) ?? 0
  return loudest > SILENCE ? [`member ${uid} is heard in it: ${loudest.toFixed(3)}`] : []
}

/** Times at which colours are sampled. */
function moments(plan: Plan, flashes: readonly number[]): number[] {
  const isFlash = (time: number): boolean => flashes.some((at) => time > at - 0.1 && time < at + FLASH + AWAY / 2)
  const all = Array.from({ length: Math.floor(plan.ends / LOOK_EVERY) }, (_, index) => (index + 0.5) * LOOK_EVERY)
  return all.map((time) => Number(time.toFixed(1))).filter((time) => !isUnsettled(plan)(time) && !isFlash(time))
}

/** Near a change two pictures are correct. */
function isUnsettled(plan: Plan): (time: number) => boolean {
  const changes = changesOf(plan)
  return (time) => changes.some((change) => Math.abs(change - time) < AWAY)
}

function isAlike(wanted: Colour, seen: Colour | null | undefined): boolean {
  return Boolean(seen?.every((value, channel) => Math.abs(value - (wanted[channel] ?? 0)) <= SHADE))
}

/** A picture of any shape. */
const middle = ({ x, y, width, height }: Area): Area => ({
  x: x + width * 0.35,
  y: y + height * 0.35,
  width: width * 0.3,
  height: height * 0.3,
})
/** A card, below its letters. */
const foot = ({ x, y, width, height }: Area): Area => ({
  x: x + width * 0.3,
  y: y + height * 0.88,
  width: width * 0.4,
  height: height * 0.06,
})
