import type { EventEmitter } from 'node:events'
import { join } from 'node:path'
import type { Log } from '../log'
import type { MediaEvents, Publication, StreamName } from '../media/types'
import type { Timeline } from '../timeline'
import { CallRecording } from './call-recording'
import { finishCall, foldersIn, removeSpool, spoolFolder, sweepSpool, unfinishedNote } from './finish-call'
import { Finisher } from './finisher'
import type { PublicationSpool } from './publication-spool'
import type { FinishedRecording, Recording, RecordingNote, RecordingSubject } from './types'
import { wantedKinds, wantedOf, wantsAnything } from './wanted'

export interface RecordingOptions {
  /** The media engine's events; nothing else of it is needed. */
  media: EventEmitter<MediaEvents>
  /** Where recordings lie, each call in a folder named by its cid. */
  directory: string
  /** Who publishes a stream and what they asked for; null when it is not to be recorded. */
  subjectOf: (name: StreamName) => RecordingSubject | null
  logger: Log
  timeline: Timeline
  /** Makes the files; it is the caller's to close. Without one, the recording has its own. */
  finisher?: Finisher
  /** How long `finish` waits for streams that have not ended before it ends their recording itself, ms. */
  patience?: number
}

/**
 * Records every participant's stream for itself: spooled while the call runs, made into .aac and .mp4 files after it.
 * A disk that fails never touches the live call; the finished recording says what is missing.
 *
 * A call's spool is deleted when it is released. Who stores the answer of `finish` first loses nothing if the service
 * dies in between: `leftovers` then names the call again.
 */
export function createRecording(options: RecordingOptions): Recording {
  const { media, directory, subjectOf, logger, timeline, patience = 5_000 } = options
  const calls = new Map<number, { recording: CallRecording; failures: Map<number, RecordingNote> }>()
  const spools = new Map<Publication, PublicationSpool>()
  const finishing = new Map<number, Promise<FinishedRecording>>()
  /** Spool folders of finished calls, until they are released. */
  const spent = new Map<number, string[]>()
  const finisher = options.finisher ?? new Finisher(logger)
  const folderOf = (cid: number): string => join(directory, String(cid))

  function callOf(cid: number) {
    const known = calls.get(cid)
    if (known) return known
    const failures = new Map<number, RecordingNote>()
    const recording = new CallRecording(folderOf(cid), ({ uid, account }, { message }) => {
      logger.error({ cid, uid, reason: message }, 'recording: writing failed, the call goes on')
      failures.set(uid, unfinishedNote(uid, account, `Writing failed: ${message}.`))
    })
    const call = { recording, failures }
    calls.set(cid, call)
    return call
  }

  function onPublish(publication: Publication): void {
    const subject = subjectOf(publication.name)
    const wanted = subject && wantedOf(subject)
    if (!wanted || !wantsAnything(wanted)) return
    const { cid, account, uid } = subject
    const spool = callOf(cid).recording.start(publication, subject)
    spools.set(publication, spool)
    const kinds = wantedKinds(wanted)
    if (kinds.length === 0) return
    finisher.warm()
    timeline.add('recording', 'start', { cid, account }, { uid, files: kinds })
  }

  function onUnpublish(publication: Publication): void {
    spools.delete(publication)
    calls.get(publication.name.cid)?.recording.stop(publication)
  }

  async function finishNow(cid: number): Promise<FinishedRecording> {
    const call = calls.get(cid)
    await call?.recording.ended(patience)
    calls.delete(cid)
    const startedAt = performance.now()
    const finished = await finishCall(folderOf(cid), call?.recording.subjects ?? [], finisher)
    const { files } = finished
    if (finished.spent.length > 0) spent.set(cid, finished.spent)
    const notes = [...finished.notes, ...(call?.failures.values() ?? [])]
    for (const { account, uid, filename, size, duration } of files) {
      timeline.add('recording', 'file', { cid, account }, { uid, filename, size, duration })
    }
    for (const note of notes) {
      timeline.add('recording', 'note', { cid }, { ...note })
      logger.warn({ cid, ...note }, `recording: ${note.message}`)
    }
    logger.info({ cid, files: files.length, ms: Math.round(performance.now() - startedAt) }, 'recording: finished')
    return { files, notes }
  }

  media.on('publish', onPublish)
  const onTag = (...[publication, tag]: MediaEvents['tag']): void => spools.get(publication)?.write(tag)
  media.on('tag', onTag)
  media.on('unpublish', onUnpublish)

  return {
    finish(cid) {
      const running = finishing.get(cid)
      if (running) return running
      const started = finishNow(cid).finally(() => finishing.delete(cid))
      finishing.set(cid, started)
      return started
    },

    async release(cid) {
      const folders = spent.get(cid) ?? []
      spent.delete(cid)
      try {
        await removeSpool(folderOf(cid), folders)
      } catch (error) {
        logger.error({ cid, err: error }, 'recording: the spool could not be deleted')
      }
    },

    async leftovers() {
      const cids = (await foldersIn(directory)).map(Number).filter((cid) => !calls.has(cid) && !finishing.has(cid))
      for (const cid of cids) await sweepSpool(folderOf(cid))
      const spooled = await Promise.all(
        cids.map(async (cid) => (await foldersIn(spoolFolder(folderOf(cid)))).length > 0),
      )
      return cids.filter((_, at) => spooled[at])
    },

    isRecording: (cid) => calls.get(cid)?.recording.isWriting ?? false,

    async close() {
      media.off('publish', onPublish)
      media.off('tag', onTag)
      media.off('unpublish', onUnpublish)
      await Promise.all([...calls.values()].map(async ({ recording }) => await recording.ended(0)))
      await Promise.allSettled(finishing.values())
      if (!options.finisher) await finisher.close()
    },
  }
}
