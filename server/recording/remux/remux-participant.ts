import { mkdir, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { RECORD_TYPE } from '../../../miniprogram/netcall/constants'
import { presentSpans, shownSpans, type MixSource } from '../compose/source'
import { ParticipantFiles, type MixMaterial, type SpoolFate } from './participant-files'
import { addDropped, emptyAccount, type TrackAccount } from '../frame-account'
import type { Track } from '../../media/types'
import { readMemberLog } from '../spool/member-log'
import { isShortage, reasonOf } from '../reason'
import { ParticipantTimeline, type Chosen } from './participant-timeline'
import { placePublications, surveyFile, type PlacedPublication, type SpooledPublication } from './publication'
import { parseSegmentName, type SpoolHeader } from '../spool/format'
import type { RecordingFile, RecordingSubject } from '../types'
import { wantedOf, type Wanted } from './wanted'

/** Folders. */
export interface RemuxOrder {
  /** The participant's spool. */
  folder: string
  /** Folder of its files. */
  target: string
  /** Folder of files that only the call's mix needs. */
  mixing: string
}
export interface RemuxedParticipant {
  /** From the spool; null if it cannot be read. */
  subject: RecordingSubject | null
  files: RecordingFile[]
  /** Its sources for the call's mix, if one is wanted. */
  source: MixSource | null
  /** Description of missing data, as text. */
  problems: string[]
  /** Further use of the spool. */
  spool: SpoolFate
  /** Counts of the frames in the spool. */
  frames: Record<Track, TrackAccount>
}

export const NO_FRAMES = (): RemuxedParticipant['frames'] => ({ audio: emptyAccount(), video: emptyAccount() })

/** Tolerance for a pause measured by two clocks, ms. */
const TOLERANCE = 1_000

/** Makes a participant's files from its spool folder. Rejects only when the folder cannot be read. */
export async function remuxParticipant({ folder, target, mixing }: RemuxOrder): Promise<RemuxedParticipant> {
  const spool = await findSpool(folder)
  const { publications, problems, fate } = surveyAll(spool)
  const header = publications[0]?.header
  if (!header) return { subject: null, files: [], source: null, problems, spool: fate, frames: NO_FRAMES() }

  const { origin } = spool
  const timeline = new ParticipantTimeline(placePublications(publications, origin, spool.wallTime))
  const placed = timeline.publications
  const work = new ParticipantFiles(header, { ...header, origin }, timeline)
  work.fate = fate
  if (fate === 'spent' && publications.some(({ unusable }) => unusable.size > 0)) work.fate = 'unusable'
  work.problems.push(...problems, ...damageOf(publications))

  const mixOnly = publications.some(({ header: { request } }) => request.type === RECORD_TYPE.RECORD_TYPE_ONLY_MIX)
  let material = await work.writeSingles(
    chosenFor(({ aac, mp4 }) => [aac, mp4]),
    target,
  )
  const live = chosenFor(({ flv }) => [flv, flv])
  if (placed.some(({ publication }) => live(publication).audio)) await work.writeLive(live, target)
  if (mixOnly) {
    await mkdir(mixing, { recursive: true })
    material = await work.writeMixMaterial(
      chosenFor(({ sound, picture }) => [sound, picture]),
      mixing,
    )
  }
  const source = await sourceOf(folder, header, placed, origin, { ...material, mixOnly })
  const frames = work.accounts()
  for (const { unusable } of publications) {
    for (const [track, { frames: count }] of unusable) addDropped(frames[track], 'unsupported', count)
  }
  return { subject: header, files: work.files, source, problems: work.problems, spool: work.fate, frames }
}

/** Audio and video only if the participant requested them for some file. */
function chosenFor(purpose: (wanted: Wanted) => [audio: boolean, video: boolean]): Chosen {
  return ({ header }) => {
    const [audio, video] = purpose(wantedOf(header))
    return { audio, video }
  }
}

const wants = ({ publication: { header } }: PlacedPublication): Wanted => wantedOf(header)

async function sourceOf(
  folder: string,
  { uid, account, caller }: SpoolHeader,
  placed: readonly PlacedPublication[],
  origin: number,
  material: MixMaterial & Pick<MixSource, 'mixOnly'>,
): Promise<MixSource> {
  const marks = await readMemberLog(folder)
  const requests = placed.map(({ publication }) => publication.header)
  const mixed = placed.filter((one) => wants(one).sound || wants(one).picture)
  return {
    uid,
    account,
    caller,
    ...material,
    asked: requests.some((request) => wantedOf(request).mix),
    hostSpeaker: requests.some(({ request }) => request.hostSpeaker),
    present: presentSpans(mixed, origin, marks),
    shown: shownSpans(
      mixed.filter((one) => wants(one).picture),
      origin,
      marks,
    ),
  }
}

interface Spool {
  /** Facts of the segments, by number. */
  paths: string[]
  /** Wall clock of the participant's first publication, ms. */
  origin: number
  /** Time from there to the last write, ms: an upper bound for all pauses. */
  wallTime: number
}

async function findSpool(folder: string): Promise<Spool> {
  const found = []
  for (const name of await readdir(folder)) {
    const parsed = parseSegmentName(name)
    const path = join(folder, name)
    const facts = await stat(path).catch(() => null)
    // Empty if the service died before its first write.
    if (parsed && facts?.size !== 0) found.push({ path, ...parsed, mtimeMs: facts?.mtimeMs ?? 0 })
  }
  found.sort((a, b) => a.origin - b.origin || a.segment - b.segment)
  const origin = found[0]?.origin ?? 0
  const lastWrite = Math.max(...found.map(({ mtimeMs }) => mtimeMs))
  return { paths: found.map(({ path }) => path), origin, wallTime: Math.max(0, lastWrite - origin) + TOLERANCE }
}

interface Survey {
  publications: SpooledPublication[]
  /** The problems to report, and the spool's fate. */
  problems: string[]
  fate: SpoolFate
}

/** An unreadable file does not affect the others. */
function surveyAll({ paths }: Spool): Survey {
  const publications: SpooledPublication[] = []
  const problems = new Set<string>()
  let fate: SpoolFate = 'spent'
  for (const path of paths) {
    try {
      const last = publications.at(-1) ?? null
      const publication = surveyFile(path, last)
      if (publication) {
        if (publication !== last) publications.push(publication)
        continue
      }
      problems.add('A part of it does not identify its participant.')
      if (fate === 'spent') fate = 'unusable'
    } catch (error) {
      problems.add(`A part of it could not be read: ${reasonOf(error)}.`)
      if (fate !== 'again') fate = isShortage(error) ? 'again' : 'unusable'
    }
  }
  return { publications, problems: [...problems], fate }
}

function damageOf(publications: readonly SpooledPublication[]): string[] {
  const problems = new Set(publications.flatMap(({ unusable }) => [...unusable.values()].map(({ problem }) => problem)))
  const bytes = publications.reduce((sum, { damagedBytes }) => sum + damagedBytes, 0)
  if (bytes > 0) problems.add(`${bytes} damaged bytes were passed over.`)
  if (publications.some(({ interrupted }) => interrupted)) {
    problems.add('It was interrupted: up to a second before that is missing.')
  }
  return [...problems]
}
