import { mkdir, readdir, rename, rm, rmdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { NO_FRAMES, type FinishedParticipant } from './finish-participant'
import { FinisherError, type Remuxer } from './finisher'
import type { FrameAccount } from './frame-account'
import type { MixSource } from './mix/source'
import type { SpoolFate } from './participant-files'
import { isMissing, isShortage, reasonOf } from './reason'
import type { FinishedRecording, RecordingNote, RecordingSubject } from './types'

export interface FinishedCall extends FinishedRecording {
  /** Participants' spool folders, by what is to become of them. */
  spools: Record<SpoolFate, string[]>
  sources: MixSource[]
  /** Of the frames that the spools held. */
  frames: FrameAccount[]
}

/** Folders of a call: finished files lie in the call's own. */
export const spoolFolder = (callFolder: string): string => join(callFolder, 'spool')
export const mixFolder = (callFolder: string): string => join(callFolder, 'mixing')
const asideFolder = (callFolder: string): string => join(callFolder, 'unfinished')
/** A folder that is being deleted: no longer a number, so that it is not finished from what is left of it. */
const SPENT = '.spent'

const ADVICE: Record<Exclude<SpoolFate, 'spent'>, string> = {
  unusable: 'What was received is kept in the folder "unfinished".',
  again: 'What was received is kept, and is tried again when the service starts.',
}

/**
 * Has the files made of all participants whose spool lies in the call's folder; `subjects` are those known to have
 * published. Never rejects for one participant: a spool that cannot be made into files whole is a note.
 */
export async function finishCall(
  callFolder: string,
  subjects: readonly RecordingSubject[],
  finisher: Pick<Remuxer, 'finish'>,
): Promise<FinishedCall> {
  const call: FinishedCall = {
    files: [],
    notes: [],
    sources: [],
    frames: [],
    spools: { spent: [], unusable: [], again: [] },
  }
  const accounts = new Map(subjects.map(({ uid, account }) => [uid, account]))
  for (const name of await foldersIn(spoolFolder(callFolder))) {
    const uid = Number(name)
    const folder = join(spoolFolder(callFolder), name)
    const order = { folder, target: callFolder, mixing: mixFolder(callFolder) }
    const { subject, files, source, problems, spool, frames } = await finisher.finish(order).catch(failed)
    if (subject) call.frames.push({ uid, account: subject.account, ...frames })
    call.files.push(...files)
    if (source) call.sources.push(source)
    call.spools[spool].push(folder)
    const words = spool === 'spent' ? problems : [...problems, ADVICE[spool]]
    if (words.length > 0) call.notes.push(unfinishedNote(uid, subject?.account ?? accounts.get(uid), words.join(' ')))
  }
  return call
}

function failed(error: unknown): FinishedParticipant {
  const isTriedAgain = (error instanceof FinisherError && !error.exhausted) || isShortage(error)
  const spool = isTriedAgain ? 'again' : 'unusable'
  return { subject: null, files: [], source: null, problems: [reasonOf(error)], spool, frames: NO_FRAMES() }
}

export function unfinishedNote(uid: number, account: string | undefined, problem: string): RecordingNote {
  return { code: 'unfinished', uid, message: `The recording of ${account ?? `member ${uid}`} is not whole. ${problem}` }
}

/** Deletes participants' spool folders, each at once or not at all, and the call's folders that this leaves empty. */
export async function removeSpool(callFolder: string, folders: readonly string[]): Promise<void> {
  for (const folder of folders) await rename(folder, folder + SPENT)
  await sweepSpool(callFolder)
}

/** Deletes what a service left that died while it deleted spool folders. */
export async function sweepSpool(callFolder: string): Promise<void> {
  const spool = spoolFolder(callFolder)
  const names = await readdir(spool).catch(() => [])
  for (const name of names) if (name.endsWith(SPENT)) await rm(join(spool, name), { recursive: true, force: true })
  // One that still holds something (finished files, a new publication) stays.
  for (const folder of [spool, callFolder]) await rmdir(folder).catch(() => undefined)
}

/** Bytes of all files in a folder and the folders in it; what goes meanwhile does not count. */
export async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  const sizes = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async ({ parentPath, name }) => (await stat(join(parentPath, name)).catch(() => null))?.size ?? 0),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}

/** Names of the numbered folders in one, by number; none when it does not exist. */
export async function foldersIn(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true })
    const names = entries
      .filter((entry) => entry.isDirectory() && /^\d{1,16}$/.test(entry.name))
      .map(({ name }) => name)
    return names.sort((a, b) => Number(a) - Number(b))
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

/** Moves a participant's spool folder out of the way, to `unfinished/`, for a person to look at. */
export async function setAside(callFolder: string, folder: string): Promise<void> {
  const place = join(asideFolder(callFolder), basename(folder))
  await mkdir(place, { recursive: true })
  for (const name of await readdir(folder)) await rename(join(folder, name), join(place, name))
  await rmdir(folder)
}
