import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileName } from './file-name'
import { factsOf, writeWhole } from './finished-file'
import { isShortage, reasonOf } from './reason'
import { surveySegment, type Segment } from './segment'
import { placeSegments, splitIntoPieces, type Piece } from './segment-timeline'
import { writeAac, writeMp4 } from './single-files'
import { parseSegmentName } from './spool-format'
import type { RecordingFile, RecordingFileKind, RecordingSubject } from './types'
import { wantedOf } from './wanted'

export interface FinishedParticipant {
  /** As the spool says; null when it cannot be read. */
  subject: RecordingSubject | null
  files: RecordingFile[]
  /** What is missing from the files, in words. */
  problems: string[]
  /** What is to become of the spool. */
  spool: SpoolFate
}
/**
 * `spent`: all that it holds and can be read is in the files. `unusable`: some of it is not, and never will be without
 * a person. `again`: some of it is not for want of something that the machine may have later.
 */
export type SpoolFate = 'spent' | 'unusable' | 'again'

/** Of a pause that is measured by two clocks, ms. */
const TOLERANCE = 1_000

/** Makes a participant's files in `target` from its spool folder. Rejects only when the folder cannot be read. */
export async function finishParticipant(folder: string, target: string): Promise<FinishedParticipant> {
  const problems: string[] = []
  const spool = await findSpool(folder)
  const segments = await surveyAll(spool)
  if (segments.length < spool.paths.length) problems.push('A part of it does not say whose it is.')
  let fate: SpoolFate = problems.length > 0 || segments.some(({ unusable }) => unusable.size > 0) ? 'unusable' : 'spent'
  const header = segments[0]?.header
  if (!header) return { subject: null, files: [], problems, spool: fate }

  const left = spool.wallTime - segments.reduce((sum, { paused }) => sum + paused, 0)
  const { placed, cut } = placeSegments(segments, spool.origin, left)
  problems.push(...damageOf(segments, cut))
  const files: RecordingFile[] = []
  for (const kind of ['aac', 'mp4'] as const) {
    if (!segments.some((segment) => wantedOf(segment.header)[kind])) continue
    const pieces = splitIntoPieces(placed, kind === 'aac' ? ['audio'] : ['audio', 'video'])
    const filled = pieces.filter((piece) => holds(piece, kind))
    for (const [pieceIndex, piece] of filled.entries()) {
      const filename = fileName({ ...header, origin: spool.origin }, kind, pieceIndex)
      const path = join(target, filename)
      try {
        await writeWhole(path, async (part) => {
          if (kind === 'aac') await writeAac(piece, part)
          else await writeMp4(piece, part, spool.origin + piece.start)
        })
        const { cid, uid, account, caller } = header
        files.push({ cid, uid, account, caller, kind, filename, ...(await factsOf(path)), mix: false, pieceIndex })
      } catch (error) {
        problems.push(`${filename} could not be written: ${reasonOf(error)}.`)
        if (fate !== 'again') fate = isShortage(error) ? 'again' : 'unusable'
      }
    }
  }
  return { subject: header, files, problems, spool: fate }
}

interface Spool {
  /** Of the segments, in the order of their numbers. */
  paths: string[]
  /** Wall clock of the participant's first publication, ms. */
  origin: number
  /** From there to the last write: all pauses together cannot be longer, ms. */
  wallTime: number
}

async function findSpool(folder: string): Promise<Spool> {
  const found = []
  for (const name of await readdir(folder)) {
    const parsed = parseSegmentName(name)
    const path = join(folder, name)
    const { size, mtimeMs } = await stat(path)
    // Empty when the service died before its first write.
    if (parsed && size > 0) found.push({ path, ...parsed, mtimeMs })
  }
  found.sort((a, b) => a.origin - b.origin || a.segment - b.segment)
  const origin = found[0]?.origin ?? 0
  const lastWrite = Math.max(...found.map(({ mtimeMs }) => mtimeMs))
  return { paths: found.map(({ path }) => path), origin, wallTime: Math.max(0, lastWrite - origin) + TOLERANCE }
}

async function surveyAll({ paths, wallTime }: Spool): Promise<Segment[]> {
  const segments: Segment[] = []
  let left = wallTime
  for (const path of paths) {
    const segment = await surveySegment(path, left)
    if (!segment) continue
    segments.push(segment)
    left -= segment.paused
  }
  return segments
}

function holds(piece: Piece, kind: RecordingFileKind): boolean {
  return piece.segments.some(({ segment }) => segment[kind === 'aac' ? 'audio' : 'video'] !== null)
}

function damageOf(segments: readonly Segment[], cutBetween: boolean): string[] {
  const problems = new Set(segments.flatMap(({ unusable }) => [...unusable.values()]))
  const bytes = segments.reduce((sum, { damagedBytes }) => sum + damagedBytes, 0)
  if (bytes > 0) problems.add(`${bytes} damaged bytes were passed over.`)
  if (cutBetween || segments.some(({ cut }) => cut)) {
    problems.add('Its time stamps claim longer pauses than the call took; the rest of them is left out.')
  }
  if (segments.some(({ closed }) => !closed)) problems.add('It breaks off: up to a second before that is missing.')
  return [...problems]
}
