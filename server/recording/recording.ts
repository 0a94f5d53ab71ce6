import type { EventEmitter } from 'node:events'
import { basename, join } from 'node:path'
import type { Log } from '../log'
import type { Repair } from '../media/codec/repair'
import type { MediaEvents, Publication, StreamName, Track } from '../media/types'
import type { Timeline } from '../timeline'
import { CallRecording } from './call-recording'
import type { DiskSpace } from './disk-space'
import {
  finishCall,
  foldersIn,
  mixFolder,
  removeSpool,
  setAside,
  sizeOf,
  spoolFolder,
  sweepSpool,
  unfinishedNote,
} from './finish-call'
import type { FinishedCall } from './finish-call'
import { Finisher, type Remuxer } from './finisher'
import { addDropped, describeLoss, emptyAccount, type FrameAccount, type TrackAccount } from './frame-account'
import { CallMixes, type CallMix } from './mix/call-mix'
import { findFfmpeg } from './mix/ffmpeg'
import { Mixer } from './mix/mixer'
import type { Presence } from './presence'
import type { PublicationSpool } from './publication-spool'
import type { FinishedRecording, MadeFiles, Recording, RecordingNote, RecordingSubject } from './types'
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
  /** Of the directory; without one, recording never stops for want of space. */
  disk?: Pick<DiskSpace, 'isLow'>
  logger: Log
  timeline: Timeline
  /** Is told what became of each participant's frames, once its files are made. */
  onFrames?: (account: FrameAccount) => void
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
  const calls = new Map<number, LiveCall>()
  const spools = new Map<Publication, PublicationSpool>()
  const finishing = new Map<number, Promise<FinishedRecording>>()
  const mixing = new Set<Promise<MadeFiles>>()
  /** Calls that were finished, and what became of their mix, until they are released. */
  const finishedCalls = new Map<number, { call: FinishedCall; mix: CallMix['state'] }>()
  /** Calls that have more than finished files. */
  const unfinished = new Set<number>()
  const own = new Finisher(logger)
  const finisher = options.finisher ?? own
  const mixer = new Mixer(finisher)
  let ffmpeg: Promise<string | null> | null = null
  const mixes = new CallMixes(() => (ffmpeg ??= findFfmpeg(options.ffmpegPath ?? null)), mixer, logger)
  const isLow = (): boolean => options.disk?.isLow ?? false
  const folderOf = (cid: number): string => join(directory, String(cid))

  function callOf(cid: number) {
    const known = calls.get(cid)
    if (known) return known
    const failures = new Map<number, RecordingNote>()
    const recording = new CallRecording(folderOf(cid), now, isLow, ({ uid, account }, { message }) => {
      logger.error({ cid, uid, reason: message }, 'recording: writing failed, the call goes on')
      failures.set(uid, unfinishedNote(uid, account, `Writing failed: ${message}.`))
    })
    const call: LiveCall = { recording, failures, repairs: new Map() }
    calls.set(cid, call)
    unfinished.add(cid)
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

  /** What the relay could not read of a stream is in no file: counted here, for the record to say so. */
  function onRepaired(publication: Publication, track: Track, repair: Repair): void {
    const repairs = calls.get(publication.name.cid)?.repairs
    if (!repairs || !spools.get(publication)?.keeps[track]) return
    const counts = repairs.get(publication.name.uid) ?? { audio: {}, video: {} }
    counts[track][repair] = (counts[track][repair] ?? 0) + 1
    repairs.set(publication.name.uid, counts)
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
    const frames = framesOf(finished, call)
    for (const account of frames) options.onFrames?.(account)
    const notes = withLosses([...finished.notes, ...(call?.failures.values() ?? [])], frames)
    tell(cid, { files, notes })
    logger.info({ cid, files: files.length, ms: Math.round(performance.now() - startedAt) }, 'recording: finished')
    return { files, notes, frames }
  }

  async function mixNow(cid: number): Promise<MadeFiles> {
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

  function tell(cid: number, { files, notes }: MadeFiles): void {
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
        if (!calls.has(cid)) unfinished.delete(cid)
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
      for (const cid of cids) unfinished.add(cid)
      return cids.filter((_, at) => spooled[at])
    },

    async unfinishedSize() {
      const folders = [...unfinished].flatMap((cid) => [spoolFolder(folderOf(cid)), mixFolder(folderOf(cid))])
      const sizes = await Promise.all(folders.map(async (folder) => await sizeOf(folder)))
      return sizes.reduce((sum, size) => sum + size, 0)
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

/** A call while it is recorded. */
interface LiveCall {
  recording: CallRecording
  failures: Map<number, RecordingNote>
  /** By member. */
  repairs: Map<number, Record<Track, TrackAccount['repaired']>>
}

/** With what never reached the spool, or could not be read from it; of a call that a service that died recorded, nobody knows. */
function framesOf({ frames }: FinishedCall, call: LiveCall | undefined): FrameAccount[] {
  const lost = call?.recording.subjects.filter(({ uid }) => !frames.some((one) => one.uid === uid)) ?? []
  const accounts = [
    ...frames.map((account) => ({ account, reason: 'disk' as const })),
    ...lost.map(({ uid, account }) => {
      return { account: { uid, account, audio: emptyAccount(), video: emptyAccount() }, reason: 'file-failed' as const }
    }),
  ]
  for (const { account, reason } of call ? accounts : []) {
    const received = call?.recording.received(account.uid)
    for (const track of ['audio', 'video'] as const) {
      const one = account[track]
      addDropped(one, reason, (received?.[track] ?? 0) - one.received)
      one.repaired = call?.repairs.get(account.uid)?.[track] ?? {}
      for (const lossy of ['no-config', 'unreadable'] as const) addDropped(one, lossy, one.repaired[lossy] ?? 0)
    }
  }
  return accounts.map(({ account }) => account).filter(({ audio, video }) => audio.received + video.received > 0)
}

/** One note for each participant whose recording is not whole, with how much is missing. */
function withLosses(notes: readonly RecordingNote[], frames: readonly FrameAccount[]): RecordingNote[] {
  const losses = new Map(frames.map((one) => [one.uid, describeLoss(one)]))
  const told = notes.map((note) => {
    const loss = note.uid === undefined ? null : losses.get(note.uid)
    if (note.uid !== undefined) losses.delete(note.uid)
    return loss ? { ...note, message: `${note.message} ${loss}` } : note
  })
  const untold = frames.flatMap(({ uid, account }) => {
    const loss = losses.get(uid)
    return loss ? [unfinishedNote(uid, account, loss)] : []
  })
  return [...told, ...untold]
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
