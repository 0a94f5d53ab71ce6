import { mkdir, readdir, rename, rm, rmdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { NO_FRAMES, type RemuxedParticipant } from './remux-participant'
import { RemuxWorkerError, type Remuxer } from './remux-worker'
import type { FrameAccount } from '../frame-account'
import type { MixSource } from '../compose/source'
import type { SpoolFate } from './participant-files'
import { isMissing, isShortage, reasonOf } from '../reason'
import type { FinishedRecording, RecordingNote } from '../types'

export interface RemuxedCall extends FinishedRecording {
  /** Participants' spool folders by fate. */
  spools: Record<SpoolFate, string[]>
  sources: MixSource[]
  /** Counts of the frames in the spools. */
  frames: FrameAccount[]
}

/** Folders of a call; finished files are directly in the call's folder. */
export const spoolFolder = (callFolder: string): string => join(callFolder, 'spool')
export const mixFolder = (callFolder: string): string => join(callFolder, 'mixing')
const asideFolder = (callFolder: string): string => join(callFolder, 'unfinished')
/** Name of a folder that is being deleted: not a number, so that it is not remuxed again. */
const SPENT = '.spent'

const ADVICE: Record<Exclude<SpoolFate, 'spent'>, string> = {
  unusable: 'Its data are kept in the folder "unfinished".',
  again: 'Its data are kept and tried again at the next start.',
}

/**
 * Makes the files of all participants with a spool in the call's folder; `known`: participants known to have published, by uid. Never
 * rejects because of one participant: an incomplete recording becomes a note.
 */
export async function remuxCall(
  callFolder: string,
  known: ReadonlyMap<number, { account: string }>,
  remuxWorker: Pick<Remuxer, 'finish'>,
): Promise<RemuxedCall> {
  const call: RemuxedCall = {
    files: [],
    notes: [],
    sources: [],
    frames: [],
    spools: { spent: [], unusable: [], again: [] },
  }
  for (const name of await foldersIn(spoolFolder(callFolder))) {
    const uid = Number(name)
    const folder = join(spoolFolder(callFolder), name)
    const order = { folder, target: callFolder, mixing: mixFolder(callFolder) }
    const { subject, files, source, problems, spool, frames } = await remuxWorker.finish(order).catch(failed)
    if (subject) call.frames.push({ uid, account: subject.account, ...frames })
    call.files.push(...files)
    if (source) call.sources.push(source)
    call.spools[spool].push(folder)
    const words = spool === 'spent' ? problems : [...problems, ADVICE[spool]]
    if (words.length > 0)
      call.notes.push(unfinishedNote(uid, subject?.account ?? known.get(uid)?.account, words.join(' ')))
  }
  return call
}

function failed(error: unknown): RemuxedParticipant {
  const isTriedAgain = (error instanceof RemuxWorkerError && !error.exhausted) || isShortage(error)
  const spool = isTriedAgain ? 'again' : 'unusable'
  return { subject: null, files: [], source: null, problems: [reasonOf(error)], spool, frames: NO_FRAMES() }
}

export function unfinishedNote(uid: number, account: string | undefined, problem: string): RecordingNote {
  return {
    code: 'unfinished',
    uid,
    message: `The recording of ${account ?? `member ${uid}`} is incomplete. ${problem}`,
  }
}

/** Deletes participants' spool folders, each atomically, and folders of the call that are then empty. */
export async function removeSpool(callFolder: string, folders: readonly string[]): Promise<void> {
  for (const folder of folders) await rename(folder, folder + SPENT)
  await sweepSpool(callFolder)
}

/** Completes the deletion of spool folders that a crash interrupted. */
export async function sweepSpool(callFolder: string): Promise<void> {
  const spool = spoolFolder(callFolder)
  const names = await readdir(spool).catch(() => [])
  for (const name of names) if (name.endsWith(SPENT)) await rm(join(spool, name), { recursive: true, force: true })
  // A folder that is not empty (finished files, a new publication) is kept.
  for (const folder of [spool, callFolder]) await rmdir(folder).catch(() => undefined)
}

/** Bytes of all files in a folder and its subfolders; files that disappear meanwhile are ignored. */
export async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  const sizes = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async ({ parentPath, name }) => (await stat(join(parentPath, name)).catch(() => null))?.size ?? 0),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}

/** Names of the numbered subfolders, sorted; empty if the folder does not exist. */
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

/** Moves a participant's spool folder to `unfinished/`, for a person to inspect. */
export async function setAside(callFolder: string, folder: string): Promise<void> {
  const place = join(asideFolder(callFolder), basename(folder))
  await mkdir(place, { recursive: true })
  for (const name of await readdir(folder)) await rename(join(folder, name), join(place, name))
  await rmdir(folder)
}
