import { mkdir, readdir, rename, rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { FinishedParticipant, SpoolFate } from './finish-participant'
import { FinisherError, type Finisher } from './finisher'
import { isMissing, reasonOf } from './reason'
import type { FinishedRecording, RecordingNote, RecordingSubject } from './types'
import { unavailableNotes } from './wanted'

export interface FinishedCall extends FinishedRecording {
  /** Participants' spool folders that are no longer needed. */
  spent: string[]
}

/** Folders of a call: finished files lie in the call's own. */
export const spoolFolder = (callFolder: string): string => join(callFolder, 'spool')
const asideFolder = (callFolder: string): string => join(callFolder, 'unfinished')
/** A folder that is being deleted: no longer a number, so that it is not finished from what is left of it. */
const SPENT = '.spent'

const ADVICE: Record<Exclude<SpoolFate, 'spent'>, string> = {
  unusable: 'What was received is kept in the folder "unfinished".',
  again: 'What was received is kept, and is tried again when the service starts.',
}

/**
 * Has the files made of all participants whose spool lies in the call's folder; `subjects` are those known to have
 * published. A spool that cannot be made into files whole stays for the next start where that can help, and is else
 * moved aside to `unfinished/`, for a person to look at. Never rejects for one participant.
 */
export async function finishCall(
  callFolder: string,
  subjects: readonly RecordingSubject[],
  finisher: Pick<Finisher, 'finish'>,
): Promise<FinishedCall> {
  const files: FinishedRecording['files'] = []
  const notes: RecordingNote[] = []
  const spent: string[] = []
  const known = new Map(subjects.map((subject) => [subject.uid, subject]))
  for (const name of await foldersIn(spoolFolder(callFolder))) {
    const uid = Number(name)
    const folder = join(spoolFolder(callFolder), name)
    const finished = await finisher.finish({ folder, target: callFolder }).catch(failed)
    if (finished.subject && !known.has(uid)) known.set(uid, finished.subject)
    files.push(...finished.files)
    const problems = [...finished.problems]
    if (finished.spool === 'spent') spent.push(folder)
    else problems.push(ADVICE[finished.spool])
    if (finished.spool === 'unusable') {
      await setAside(folder, join(asideFolder(callFolder), name)).catch((error: unknown) => {
        problems.push(`It could not be moved there: ${reasonOf(error)}.`)
      })
    }
    if (problems.length > 0) notes.push(unfinishedNote(uid, known.get(uid)?.account, problems.join(' ')))
  }
  return { files, notes: [...unavailableNotes([...known.values()]), ...notes], spent }
}

function failed(error: unknown): FinishedParticipant {
  const spool = error instanceof FinisherError ? 'again' : 'unusable'
  return { subject: null, files: [], problems: [reasonOf(error)], spool }
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

async function setAside(folder: string, place: string): Promise<void> {
  await mkdir(place, { recursive: true })
  for (const name of await readdir(folder)) await rename(join(folder, name), join(place, name))
  await rmdir(folder)
}
