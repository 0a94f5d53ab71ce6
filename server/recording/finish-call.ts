import { mkdir, readdir, rename, rm, rmdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { finishParticipant } from './finish-participant'
import { isMissing, reasonOf } from './reason'
import type { FinishedRecording, RecordingNote, RecordingSubject } from './types'
import { unavailableNotes } from './wanted'

export interface FinishedCall extends FinishedRecording {
  /** Spool files that are no longer needed. */
  spent: string[]
}

/** Folders of a call: finished files lie in the call's own. */
export const spoolFolder = (callFolder: string): string => join(callFolder, 'spool')
const asideFolder = (callFolder: string): string => join(callFolder, 'unfinished')

/**
 * Makes the files of all participants whose spool lies in the call's folder; `subjects` are those known to have
 * published. A spool that cannot be made into files whole is moved aside to `unfinished/`, for a person to look at.
 * Never rejects for one participant.
 */
export async function finishCall(callFolder: string, subjects: readonly RecordingSubject[]): Promise<FinishedCall> {
  const files: FinishedRecording['files'] = []
  const notes: RecordingNote[] = []
  const spent: string[] = []
  const known = new Map(subjects.map((subject) => [subject.uid, subject]))
  for (const name of await foldersIn(spoolFolder(callFolder))) {
    const uid = Number(name)
    const folder = join(spoolFolder(callFolder), name)
    let whole = false
    try {
      const finished = await finishParticipant(folder, callFolder)
      if (finished.subject && !known.has(uid)) known.set(uid, finished.subject)
      files.push(...finished.files)
      if (finished.problems.length > 0) {
        notes.push(unfinishedNote(uid, known.get(uid)?.account, finished.problems.join(' ')))
      }
      whole = finished.whole
      if (whole) spent.push(...finished.spool)
    } catch (error) {
      notes.push(unfinishedNote(uid, known.get(uid)?.account, reasonOf(error)))
    }
    if (!whole) await setAside(folder, join(asideFolder(callFolder), name)).catch(() => undefined)
  }
  return { files, notes: [...unavailableNotes([...known.values()]), ...notes], spent }
}

export function unfinishedNote(uid: number, account: string | undefined, problem: string): RecordingNote {
  return { code: 'unfinished', uid, message: `The recording of ${account ?? `member ${uid}`} is not whole. ${problem}` }
}

/** Deletes spool files and the folders that this leaves empty. */
export async function removeSpool(callFolder: string, paths: readonly string[]): Promise<void> {
  for (const path of paths) await rm(path, { force: true })
  const folders = [...new Set(paths.map(dirname)), spoolFolder(callFolder), callFolder]
  // One that still holds something (finished files, a new publication) stays.
  for (const folder of folders) await rmdir(folder).catch(() => undefined)
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
