import { join } from 'node:path'
import { NO_FRAMES, type RemuxedParticipant } from './remux-participant'
import { RemuxWorkerError, type Remuxer } from './remux-worker'
import type { FrameAccount } from '../frame-account'
import type { MixSource } from '../compose/source'
import type { SpoolFate } from './participant-files'
import { foldersIn, mixFolder, spoolFolder } from '../folders'
import { isShortage, reasonOf } from '../reason'
import type { FinishedRecording, RecordingNote } from '../types'

export interface RemuxedCall extends FinishedRecording {
  /** Participants' spool folders by fate. */
  spools: Record<SpoolFate, string[]>
  sources: MixSource[]
  /** Counts of the frames in the spools. */
  frames: FrameAccount[]
}

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
