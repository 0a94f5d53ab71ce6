import type { EventEmitter } from 'node:events'
import { basename, join } from 'node:path'
import type { Log } from '../log'
import { isLoss, type Repair } from '../media/codec/repair'
import type { MediaEvents, Publication, StreamName } from '../media/types'
import type { Timeline } from '../timeline'
import { CallRecording } from './call-recording'
import { finishCall, foldersIn, removeSpool, setAside, spoolFolder, sweepSpool, unfinishedNote } from './finish-call'
import type { FinishedCall } from './finish-call'
import { Finisher, type Remuxer } from './finisher'
import { CallMixes, type CallMix } from './mix/call-mix'
import { findFfmpeg } from './mix/ffmpeg'
import { Mixer } from './mix/mixer'
import type { Presence } from './presence'
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
  /** What a member shows now; asked when it begins to publish, and when somebody noticed something. */
  presenceOf?: (name: StreamName) => Presence
  /** Where ffmpeg is. Null: wherever one is found. */
  ffmpegPath?: string | null
  logger: Log
  timeline: Timeline
  /** Makes the files; the caller closes it. Without one, the recording has a thread of its own. */
  finisher?: Remuxer | undefined
  /** A clock that only goes forward, ms; tells when frames came. */
  now?: () => number
}

/** How long `finish` waits for streams that have not ended before it ends their recording itself, ms. */
export const PATIENCE = 5_000

/**
 * Records every participant's stream for itself: spooled while the call runs, made into files after it; then all of
 * them into the call's mix.
 * A disk that fails never touches the live call; the finished recording says what is missing.
 *
 * A call's spool is deleted when it is released. Who stores the answer of `finish` first loses nothing if the service
 * dies in between: `leftovers` then names the call again.
 */
export function createRecording(options: RecordingOptions): Recording {
  const { media, directory, subjectOf, logger, timeline, now = () => performance.now() } = options
  const calls = new Map<
    number,
    { recording: CallRecording; failures: Map<number, RecordingNote>; lost: Map<number, Lost> }
  >()
  const spools = new Map<Publication, PublicationSpool>()
  const finishing = new Map<number, Promise<FinishedRecording>>()
  const mixing = new Set<Promise<FinishedRecording>>()
  /** Calls that were finished, and what became of their mix, until they are released. */
  const finishedCalls = new Map<number, { call: FinishedCall; mix: CallMix['state'] }>()
  const own = new Finisher(logger)
  const finisher = options.finisher ?? own
  const mixer = new Mixer(finisher)
  let ffmpeg: Promise<string | null> | null = null
  const mixes = new CallMixes(() => (ffmpeg ??= findFfmpeg(options.ffmpegPath ?? null)), mixer, logger)
  const folderOf = (cid: number): string => join(directory, String(cid))

  function callOf(cid: number) {
    const known = calls.get(cid)
    if (known) return known
    const failures = new Map<number, RecordingNote>()
    const recording = new CallRecording(folderOf(cid), now, ({ uid, account }, { message }) => {
      logger.error({ cid, uid, reason: message }, 'recording: writing failed, the call goes on')
      failures.set(uid, unfinishedNote(uid, account, `Writing failed: ${message}.`))
    })
    const call = { recording, failures, lost: new Map<number, Lost>() }
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
    noticed(publication.name)
    finisher.warm()
    timeline.add('recording', 'start', { cid, account }, { uid, files: wantedKinds(wanted), mix: wanted.mix })
  }

  function noticed(name: StreamName): void {
    const presence = options.presenceOf?.(name)
    if (presence) calls.get(name.cid)?.recording.note(name.uid, presence)
  }

  function onUnplayable({ name }: Publication, problem: string): void {
    const call = calls.get(name.cid)
    const subject = call?.recording.subjects.find(({ uid }) => uid === name.uid)
    if (!call || !subject) return
    const message = `Its stream could not be taken: ${problem}.`
    call.failures.set(name.uid, unfinishedNote(name.uid, subject.account, message))
  }

  /** What of a stream the relay could not read is in no file: counted here, for the record to say so. */
  function onRepaired(publication: Publication, track: 'audio' | 'video', repair: Repair): void {
    const lost = calls.get(publication.name.cid)?.lost
    if (!lost || !isLoss(repair) || !spools.get(publication)?.keeps[track]) return
    const counts = lost.get(publication.name.uid) ?? { audio: 0, video: 0 }
    counts[track]++
    lost.set(publication.name.uid, counts)
  }

  function onUnpublish(publication: Publication): void {
    spools.delete(publication)
    calls.get(publication.name.cid)?.recording.stop(publication)
  }

  async function finishNow(cid: number): Promise<FinishedRecording> {
    const call = calls.get(cid)
    await call?.recording.ended(PATIENCE)
    calls.delete(cid)
    const startedAt = performance.now()
    const finished = await finishCall(folderOf(cid), call?.recording.subjects ?? [], finisher)
    const { files } = finished
    finishedCalls.set(cid, { call: finished, mix: 'done' })
    const notes = [...finished.notes, ...(call?.failures.values() ?? []), ...lossesOf(call)]
    tell(cid, { files, notes })
    logger.info({ cid, files: files.length, ms: Math.round(performance.now() - startedAt) }, 'recording: finished')
    return { files, notes }
  }

  async function mixNow(cid: number): Promise<FinishedRecording> {
    const finished = finishedCalls.get(cid)
    if (!finished) return { files: [], notes: [] }
    const { sources, spools: fates } = finished.call
    const startedAt = performance.now()
    const call = { cid, folder: folderOf(cid), sources, incomplete: fates.again.length > 0 }
    const { files, notes, state } = await mixes.make(call)
    finished.mix = state
    tell(cid, { files, notes })
    const ms = Math.round(performance.now() - startedAt)
    if (files.length > 0) logger.info({ cid, ms }, 'recording: mixed')
    return { files, notes }
  }

  function tell(cid: number, { files, notes }: FinishedRecording): void {
    for (const { account, uid, filename, size, duration } of files) {
      timeline.add('recording', 'file', { cid, account }, { uid, filename, size, duration })
    }
    for (const note of notes) {
      timeline.add('recording', 'note', { cid }, { ...note })
      logger.warn({ cid, ...note }, `recording: ${note.message}`)
    }
  }

  media.on('publish', onPublish)
  const onTag = (...[publication, tag]: MediaEvents['tag']): void => spools.get(publication)?.write(tag)
  media.on('tag', onTag)
  media.on('repaired', onRepaired)
  media.on('unplayable', onUnplayable)
  media.on('unpublish', onUnpublish)

  return {
    finish(cid) {
      const running = finishing.get(cid)
      if (running) return running
      const started = finishNow(cid).finally(() => finishing.delete(cid))
      finishing.set(cid, started)
      return started
    },

    async mix(cid) {
      const made = mixNow(cid).finally(() => mixing.delete(made))
      mixing.add(made)
      return await made
    },

    progress: (cid) => mixes.progress(cid),
    noticed,

    async release(cid) {
      const finished = finishedCalls.get(cid)
      finishedCalls.delete(cid)
      if (!finished || finished.mix === 'wait') return
      try {
        await putAway(folderOf(cid), finished)
      } catch (error) {
        logger.error({ cid, err: error }, 'recording: the spool could not be deleted')
      }
    },

    async leftovers() {
      const cids = (await foldersIn(directory)).map(Number).filter((cid) => !calls.has(cid) && !finishing.has(cid))
      for (const cid of cids) await sweepSpool(folderOf(cid))
      const spooled = await Promise.all(
        cids.map(
          async (cid) =>
            (await foldersIn(spoolFolder(folderOf(cid)))).length > 0 && !(await mixes.isWaiting(folderOf(cid))),
        ),
      )
      return cids.filter((_, at) => spooled[at])
    },

    isRecording: (cid) => calls.get(cid)?.recording.isWriting ?? false,

    async close() {
      media.off('publish', onPublish)
      media.off('tag', onTag)
      media.off('repaired', onRepaired)
      media.off('unplayable', onUnplayable)
      media.off('unpublish', onUnpublish)
      mixer.close()
      await Promise.all([...calls.values()].map(async ({ recording }) => await recording.ended(0)))
      await Promise.allSettled([...finishing.values(), ...mixing])
      await own.close()
    },
  }
}

/** Frames of a member that could not be read. */
type Lost = Record<'audio' | 'video', number>

function lossesOf(call: { recording: CallRecording; lost: Map<number, Lost> } | undefined): RecordingNote[] {
  return [...(call?.lost ?? [])].map(([uid, { audio, video }]) => {
    const account = call?.recording.subjects.find((subject) => subject.uid === uid)?.account
    const words = [
      ...(video > 0 ? [`${video} pictures made no sense.`] : []),
      ...(audio > 0 ? [`${audio} frames of sound made no sense.`] : []),
    ]
    return unfinishedNote(uid, account, words.join(' '))
  })
}

/** Spool folders that are not needed go; those that only a person can make something of are moved aside. */
async function putAway(
  callFolder: string,
  { call, mix }: { call: FinishedCall; mix: CallMix['state'] },
): Promise<void> {
  const { spent, unusable } = call.spools
  const only = new Set(call.sources.filter(({ mixOnly }) => mixOnly).map(({ uid }) => String(uid)))
  const isLost = (folder: string): boolean => mix === 'given-up' && only.has(basename(folder))
  for (const folder of [...unusable, ...spent.filter(isLost)]) await setAside(callFolder, folder)
  await removeSpool(
    callFolder,
    spent.filter((folder) => !isLost(folder)),
  )
}
