import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileName } from './file-name'
import { factsOf, writeWhole } from './finished-file'
import { reasonOf } from './reason'
import { surveySegment, type Segment } from './segment'
import { placeSegments, splitIntoPieces, type Piece } from './segment-timeline'
import { writeAac, writeMp4 } from './single-files'
import type { RecordingFile, RecordingFileKind, RecordingSubject } from './types'
import { wantedOf, wantedKinds } from './wanted'

export interface FinishedParticipant {
  /** As the spool says; null when it cannot be read. */
  subject: RecordingSubject | null
  files: RecordingFile[]
  /** What is missing from the files, in words. */
  problems: string[]
  /** The segments that were read. */
  spool: string[]
  /** Everything that the spool holds, and can be read, is in the files. */
  whole: boolean
}

/** Makes a participant's files in `target` from its spool folder. Rejects only when the folder cannot be read. */
export async function finishParticipant(folder: string, target: string): Promise<FinishedParticipant> {
  const spool = (await readdir(folder)).filter((name) => name.endsWith('.flv')).map((name) => join(folder, name))
  const problems: string[] = []
  const segments: Segment[] = []
  let whole = true
  for (const path of spool) {
    // Empty when the service died before its first write.
    if ((await stat(path)).size === 0) continue
    const segment = await surveySegment(path)
    if (segment) segments.push(segment)
    else problems.push('A part of it does not say whose it is.')
    whole &&= segment !== null && segment.unusable.size === 0
  }
  const header = segments[0]?.header
  if (!header) return { subject: null, files: [], problems, spool, whole }

  const origin = Math.min(...segments.map((segment) => segment.header.origin))
  const placed = placeSegments(segments, origin)
  const wanted = { aac: false, mp4: false }
  for (const segment of segments) for (const kind of wantedKinds(wantedOf(segment.header))) wanted[kind] = true
  problems.push(...damageOf(segments))
  const files: RecordingFile[] = []
  for (const kind of ['aac', 'mp4'] as const) {
    if (!wanted[kind]) continue
    const pieces = splitIntoPieces(placed, kind === 'aac' ? ['audio'] : ['audio', 'video'])
    const filled = pieces.filter((piece) => holds(piece, kind))
    for (const [pieceIndex, piece] of filled.entries()) {
      const filename = fileName({ ...header, origin }, kind, pieceIndex)
      const path = join(target, filename)
      try {
        await writeWhole(path, async (part) => await (kind === 'aac' ? writeAac : writeMp4)(piece, part))
        const { cid, uid, account, caller } = header
        files.push({ cid, uid, account, caller, kind, filename, ...(await factsOf(path)), mix: false, pieceIndex })
      } catch (error) {
        problems.push(`${filename} could not be written: ${reasonOf(error)}`)
        whole = false
      }
    }
  }
  return { subject: header, files, problems, spool, whole }
}

function holds(piece: Piece, kind: RecordingFileKind): boolean {
  return piece.segments.some(({ segment }) => segment[kind === 'aac' ? 'audio' : 'video'] !== null)
}

function damageOf(segments: readonly Segment[]): string[] {
  const problems = new Set(segments.flatMap(({ unusable }) => [...unusable.values()]))
  const bytes = segments.reduce((sum, { damagedBytes }) => sum + damagedBytes, 0)
  if (bytes > 0) problems.add(`${bytes} damaged bytes were passed over.`)
  if (segments.some(({ closed }) => !closed)) problems.add('It breaks off: up to a second before that is missing.')
  return [...problems]
}
