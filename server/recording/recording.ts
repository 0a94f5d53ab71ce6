import type { EventEmitter } from 'node:events'
import { rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Log } from '../log'
import type { Repair } from '../media/codec/repair'
import type { MediaEvents, MediaTag, Publication, StreamName, Track } from '../media/types'
import type { Timeline } from '../timeline'
import { CallRecording } from './call-recording'
import type { DiskSpace } from './disk-space'
import { foldersIn, mixFolder, removeSpool, setAside, sizeOf, spoolFolder, sweepSpool } from './folders'
import { remuxCall, unfinishedNote, type RemuxedCall } from './remux/remux-call'
import { RemuxWorker, type Remuxer } from './remux/remux-worker'
import { addDropped, describeLoss, emptyAccount, type FrameAccount, type TrackAccount } from './frame-account'
import { CallMixes, type CallMix } from './compose/call-mix'
import { findFfmpeg } from './compose/ffmpeg'
import { Composer } from './compose/composer'
import { readLiveFacts, writeLiveFacts, type LiveFacts } from './spool/live-facts'
import type { MemberState } from './spool/member-log'
import type { PublicationSpool } from './spool/publication-spool'
import type { FinishedRecording, MadeFiles, Recording, RecordingNote, RecordingSubject } from './types'
import { wantedKinds, wantedOf, wantsAnything } from './remux/wanted'

export interface RecordingOptions {
  /** The media engine's events. */
  media: EventEmitter<MediaEvents>
  /** Folder of the recordings, one subfolder per call, named by its cid. */
  directory: string
  /** The participant of a stream and its recording request; null if the stream is not recorded. */
  subjectOf: (name: StreamName) => RecordingSubject | null
  /** A member's current state; read when it begins to publish, and after `noticed`. */
  memberStateOf?: (name: StreamName) => MemberState
  /** Path of ffmpeg. Null: search for one. */
  ffmpegPath?: string | null
  /** Free space of the folder's disk; without it, recording never stops for lack of space. */
  disk?: Pick<DiskSpace, 'isLow'>
  logger: Log
  timeline: Timeline
  /** Called with each participant's frame counts, once its files are made. */
  onFrames?: (account: FrameAccount) => void
  /** Makes the files; the caller closes it. Default: own threads. */
  remuxWorker?: Remuxer | undefined
  /** A monotonic clock, ms, for arrival times. */
  now?: () => number
}

/** How long `finish` waits for streams that have not ended, ms. */
export const PATIENCE = 5_000

/**
 * Records each participant's stream: spooled during the call, remuxed to files after it, then mixed.
 * Disk errors never affect the live call; notes tell what is missing.
 * A call's spool is deleted by `release`. Store the answer of `finish` before: if the service dies in between, `leftovers` returns the call
 * again.
 */
export function createRecording(options: RecordingOptions): Recording {
  const { media, directory, subjectOf, logger, timeline, now = () => performance.now() } = options
  const calls = new Map<number, LiveCall>()
  /** Running streams, recorded or not, with their last codec configurations. */
  const streams = new Map<Publication, Partial<Record<Track, MediaTag>>>()
  const spools = new Map<Publication, PublicationSpool>()
  const finishing = new Map<number, Promise<FinishedRecording>>()
  const mixing = new Set<Promise<MadeFiles>>()
  /** Finished calls and the result of their mix, until they are released. */
  const finishedCalls = new Map<number, { call: RemuxedCall; mix: CallMix['state'] }>()
  /** Calls whose folder holds more than finished files. */
  const unfinished = new Set<number>()
  const own = new RemuxWorker(logger)
  const remuxWorker = options.remuxWorker ?? own
  const composer = new Composer(remuxWorker)
  let ffmpeg: Promise<string | null> | null = null
  const mixes = new CallMixes(() => (ffmpeg ??= findFfmpeg(options.ffmpegPath ?? null)), composer, logger)
  const isLow = (): boolean => options.disk?.isLow ?? false
  const folderOf = (cid: number): string => join(directory, String(cid))

  function callOf(cid: number) {
    const known = calls.get(cid)
    if (known) return known
    const failures = new Map<number, string>()
    const recording = new CallRecording(folderOf(cid), now, isLow, ({ uid }, { message }) => {
      logger.error({ cid, uid, reason: message }, 'recording: writing failed')
      failures.set(uid, `Writing failed: ${message}.`)
    })
    const call: LiveCall = { recording, failures, repairs: new Map() }
    calls.set(cid, call)
    unfinished.add(cid)
    return call
  }

  function onPublish(publication: Publication): void {
    streams.set(publication, {})
    start(publication, null)
  }

  function start(publication: Publication, lateAt: number | null): void {
    const subject = subjectOf(publication.name)
    const wanted = subject && wantedOf(subject)
    if (!wanted || !wantsAnything(wanted)) return
    const { cid, account, uid } = subject
    const spool = callOf(cid).recording.start(publication, subject, lateAt)
    const { video, audio } = streams.get(publication) ?? {}
    for (const config of [video, audio]) if (config) spool.write(config)
    spools.set(publication, spool)
    noticed(publication.name)
    remuxWorker.warm()
    timeline.add('recording', 'start', { cid, account }, { uid, files: wantedKinds(wanted), mix: wanted.mix })
  }

  function rerecord({ cid, uid }: StreamName): void {
    for (const publication of streams.keys()) {
      if (publication.name.cid !== cid || publication.name.uid !== uid) continue
      if (isDeepStrictEqual(spools.get(publication)?.request, subjectOf({ cid, uid })?.request)) continue
      if (spools.delete(publication)) calls.get(cid)?.recording.stop(publication)
      start(publication, Date.now())
    }
  }

  function noticed(name: StreamName): void {
    const presence = options.memberStateOf?.(name)
    if (presence) calls.get(name.cid)?.recording.note(name.uid, presence)
  }

  function onUnplayable({ name }: Publication, problem: string): void {
    const call = calls.get(name.cid)
    if (!call?.recording.subjects.some(({ uid }) => uid === name.uid)) return
    call.failures.set(name.uid, `Its stream could not be recorded: ${problem}.`)
  }

  /** Tags that the relay dropped are in no file: they are counted here, for the notes. */
  function onRepaired(publication: Publication, track: Track, repair: Repair): void {
    const repairs = calls.get(publication.name.cid)?.repairs
    if (!repairs || !spools.get(publication)?.keeps[track]) return
    const counts = repairs.get(publication.name.uid) ?? { audio: {}, video: {} }
    counts[track][repair] = (counts[track][repair] ?? 0) + 1
    repairs.set(publication.name.uid, counts)
  }

  function onUnpublish(publication: Publication): void {
    streams.delete(publication)
    spools.delete(publication)
    calls.get(publication.name.cid)?.recording.stop(publication)
  }

  async function finishNow(cid: number): Promise<FinishedRecording> {
    const call = calls.get(cid)
    await call?.recording.ended(PATIENCE)
    calls.delete(cid)
    const known = await storeFacts(cid, call)
    // Those of this run are complete even if they could not be stored.
    const facts = new Map([...(await readLiveFacts(spoolFolder(folderOf(cid)))), ...known])
    const startedAt = performance.now()
    const finished = await remuxCall(folderOf(cid), facts, remuxWorker)
    const { files } = finished
    finishedCalls.set(cid, { call: finished, mix: 'done' })
    const frames = framesOf(finished, facts)
    for (const account of frames) options.onFrames?.(account)
    const failures = [...facts].flatMap(([uid, { account, failure }]) =>
      failure === null ? [] : [unfinishedNote(uid, account, failure)],
    )
    const notes = withLosses([...finished.notes, ...failures], frames)
    tell(cid, { files, notes })
    logger.info({ cid, files: files.length, ms: Math.round(performance.now() - startedAt) }, 'recording: finished')
    return { files, notes, frames }
  }

  /** Stores what is known about each participant of a call that was recorded by this run. */
  async function storeFacts(cid: number, call: LiveCall | undefined): Promise<Map<number, LiveFacts>> {
    const facts = new Map(call?.recording.subjects.map(({ uid, account }) => [uid, liveFactsOf(call, uid, account)]))
    for (const [uid, one] of facts) await writeLiveFacts(spoolFolder(folderOf(cid)), uid, one)
    return facts
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
  const onTag = (...[publication, tag]: MediaEvents['tag']): void => {
    const configs = streams.get(publication)
    if (configs && tag.kind === 'audio-config') configs.audio = tag
    if (configs && tag.kind === 'video-config') configs.video = tag
    spools.get(publication)?.write(tag)
  }
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
    rerecord,

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
      composer.close()
      await Promise.all(
        [...calls].map(async ([cid, call]) => {
          await call.recording.ended(0)
          await storeFacts(cid, call)
        }),
      )
      await Promise.allSettled([...finishing.values(), ...mixing])
      await own.close()
    },
  }
}

/** A call being recorded. */
interface LiveCall {
  recording: CallRecording
  /** Problems of storing, per member, as text. */
  failures: Map<number, string>
  /** Frame counts per member. */
  repairs: Map<number, Record<Track, TrackAccount['repaired']>>
}

function liveFactsOf({ recording, repairs, failures }: LiveCall, uid: number, account: string): LiveFacts {
  return {
    account,
    received: recording.received(uid),
    repaired: repairs.get(uid) ?? { audio: {}, video: {} },
    failure: failures.get(uid) ?? null,
  }
}

/** Includes frames that were not spooled or cannot be read back; unknown for calls that a killed service recorded. */
function framesOf({ frames }: RemuxedCall, facts: ReadonlyMap<number, LiveFacts>): FrameAccount[] {
  const lost = [...facts].filter(([uid]) => !frames.some((one) => one.uid === uid))
  const accounts = [
    ...frames.map((account) => ({ account, reason: 'disk' as const })),
    ...lost.map(([uid, { account }]) => {
      return { account: { uid, account, audio: emptyAccount(), video: emptyAccount() }, reason: 'file-failed' as const }
    }),
  ]
  for (const { account, reason } of accounts) {
    const live = facts.get(account.uid)
    for (const track of ['audio', 'video'] as const) {
      const one = account[track]
      addDropped(one, reason, (live?.received[track] ?? 0) - one.received)
      one.repaired = live?.repaired[track] ?? {}
      for (const lossy of ['no-config', 'unreadable', 'unsupported'] as const)
        addDropped(one, lossy, one.repaired[lossy] ?? 0)
    }
  }
  return accounts.map(({ account }) => account).filter(({ audio, video }) => audio.received + video.received > 0)
}

/** A note for each participant with an incomplete recording, with the extent of the loss. */
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

/** Deletes folders that are no longer needed, and moves spools that need a person aside. */
async function putAway(callFolder: string, { call, mix }: { call: RemuxedCall; mix: CallMix['state'] }): Promise<void> {
  await rm(mixFolder(callFolder), { recursive: true, force: true })
  const { spent, unusable } = call.spools
  const only = new Set(call.sources.filter(({ mixOnly }) => mixOnly).map(({ uid }) => String(uid)))
  const isLost = (folder: string): boolean => mix === 'given-up' && only.has(basename(folder))
  for (const folder of [...unusable, ...spent.filter(isLost)]) await setAside(callFolder, folder)
  await removeSpool(
    callFolder,
    spent.filter((folder) => !isLost(folder)),
  )
}
