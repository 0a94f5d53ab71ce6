import { SCENE } from '../miniprogram/netcall/constants'
import {
  durationBody,
  EVENT_TYPE,
  filesBody,
  notConnectedBody,
  startedBody,
  unreachableBody,
  type EventType,
} from './callback/bodies'
import type { Outbox } from './callback/outbox'
import type { Channels } from './channels/channels'
import type { Channel, ChannelMember, ChannelStart } from './channels/types'
import type { Log } from './log'
import type { Media } from './media/types'
import { subjectOf } from './permissions'
import type { FrameAccount } from './recording/frame-account'
import { MixEnded } from './recording/compose/composer'
import type { Recording, RecordingFile, RecordingNote } from './recording/types'
import type { CallEndReason, CallMemberRow, CallRow, Store } from './store/types'

interface CallLifecycleDeps {
  store: Store
  media: Pick<Media, 'dropCall' | 'dropStream' | 'dropSubject'>
  recording: Pick<Recording, 'finish' | 'mix' | 'release' | 'leftovers' | 'noticed'>
  outbox: Pick<Outbox, 'enqueue'>
  log: Log
  /** Absolute, signed URL of a file, for the app's server. */
  urlOf: (file: RecordingFile) => string
  /** How often a running call is reported to the app, ms; 12 hours by default, as NetEase does. */
  runningInterval?: number
}

const RUNNING_INTERVAL = 12 * 60 * 60_000

/** How often the time is stored while calls run, ms: the accuracy of `endedAt` for calls that a crash interrupts. */
const PULSE = 5_000
const PULSE_SETTING = 'last-pulse'

/**
 * Stores what happens to each call, and after its end closes its media, has its files made and sends its callbacks. Each step can be
 * interrupted by a crash; it is repeated at the next start.
 */
export class CallLifecycle {
  /** Running calls by cid, with their start, ms. */
  private readonly live = new Map<number, number>()
  private readonly finishing = new Map<number, Promise<void>>()
  private readonly pulse: NodeJS.Timeout

  constructor(private readonly deps: CallLifecycleDeps) {
    this.pulse = setInterval(() => {
      this.safely(null, () => this.noteTime())
      for (const [cid, begun] of this.live) this.safely(cid, () => this.reportRunning(cid, begun))
    }, PULSE).unref()
  }

  /** Running calls. */
  get liveCids(): readonly number[] {
    return [...this.live.keys()]
  }

  follow(channels: Channels): void {
    const { store, media } = this.deps
    channels.on('created', (channel) => this.safely(channel.cid, () => this.begin(channel)))
    channels.on('unreachable', (channel, accounts, forced) =>
      this.safely(channel.cid, () =>
        this.deps.outbox.enqueue(channel.cid, EVENT_TYPE.unreachable, unreachableBody(channel, accounts, forced)),
      ),
    )
    channels.on('started', (channel, start) => this.safely(channel.cid, () => this.tellStart(channel, start)))
    channels.on('answered', (channel, member) =>
      this.safely(channel.cid, () => {
        store.updateCall(channel.cid, { answeredAt: channel.answeredAt })
        this.saveMember(channel, member, {})
      }),
    )
    channels.on('joined', (channel, member) => this.safely(channel.cid, () => this.enter(channel, member)))
    channels.on('updated', (channel, member) => this.safely(channel.cid, () => this.enter(channel, member)))
    channels.on('replaced', ({ cid }, { uid }, epoch) =>
      this.safely(cid, () => media.dropSubject(cid, subjectOf({ uid, epoch }), 'replaced by another device')),
    )
    for (const event of ['joined', 'updated', 'left'] as const) {
      channels.on(event, ({ cid }: Channel, { uid }: ChannelMember) => this.deps.recording.noticed({ cid, uid }))
    }
    channels.on('left', (channel, member) =>
      this.safely(channel.cid, () => {
        // The room continues without the member: its stream is no longer played or recorded, and it plays nothing.
        media.dropStream({ cid: channel.cid, uid: member.uid }, 'the member left')
        media.dropSubject(channel.cid, subjectOf(member), 'the member left')
        const row = this.row(channel.cid, member.account)
        // A member that rejoined the room but never opened a media session has `leftAt` set already.
        if (row?.joinedAt && row.leftAt === null) this.saveMember(channel, member, { leftAt: Date.now() })
      }),
    )
    channels.on('ended', (channel, reason) => this.safely(channel.cid, () => this.end(channel.cid, reason, Date.now())))
  }

  /** Whether the call runs, or its files are being made. */
  isBusy(cid: number): boolean {
    return this.live.has(cid) || this.finishing.has(cid)
  }

  /** Continues after a crash: ends calls that have no end, and makes files that are missing. */
  async recover(): Promise<void> {
    const { store, recording, log } = this.deps
    const lastPulse = Number(store.setting(PULSE_SETTING) ?? 0)
    // The ports are already open: calls that began since are not leftovers.
    for (const call of store.openCalls().filter(({ cid }) => !this.live.has(cid))) {
      log.warn({ cid: call.cid }, 'recovery: ending an interrupted call')
      if (call.endedAt === null)
        this.end(call.cid, 'service-stopped', lastSign(call, store.members(call.cid), lastPulse))
      else this.finish(call.cid)
    }
    for (const cid of await recording.leftovers()) {
      if (store.call(cid)) this.finish(cid)
      else log.warn({ cid }, 'recovery: recording of an unknown call')
    }
  }

  /** Resolves when the files of all ended calls are made. */
  async settled(): Promise<void> {
    await Promise.all(this.finishing.values())
  }

  close(): void {
    clearInterval(this.pulse)
  }

  private begin(channel: Channel): void {
    const { cid, scene, type, name, caller, custom, createdAt } = channel
    const unknown = { answeredAt: null, endedAt: null, endReason: null }
    const facts = { cid, scene, type, name, caller, custom, createdAt }
    this.deps.store.insertCall({ ...facts, ...unknown, recording: 'none', notes: [], frames: [] })
    for (const member of channel.members.values()) this.saveMember(channel, member, {})
    this.live.set(cid, createdAt)
    this.noteTime()
  }

  private tellStart(channel: Channel, start: ChannelStart): void {
    this.deps.outbox.enqueue(channel.cid, EVENT_TYPE.started, startedBody(channel, start, Date.now()))
  }

  private enter(channel: Channel, member: ChannelMember): void {
    const { session } = member
    if (!session) return
    const row = this.row(channel.cid, member.account)
    const joinedAt = row?.joinedAt ?? session.joinedAt
    const away = row && row.leftAt !== null ? session.joinedAt - row.leftAt : 0
    const absent = (row?.absent ?? 0) + Math.max(0, away)
    this.saveMember(channel, member, { joinedAt, leftAt: null, absent, request: session.recording })
    const { audio, video, live } = session.recording
    const recorded = audio || video || live
    this.deps.store.updateCall(channel.cid, { type: channel.type, ...(recorded && { recording: 'live' }) })
  }

  private end(cid: number, reason: CallEndReason, endedAt: number): void {
    const { store, media } = this.deps
    this.live.delete(cid)
    media.dropCall(cid, `the call ended (${reason})`)
    const call = store.call(cid)
    if (!call) return
    for (const member of store.members(cid)) {
      if (member.joinedAt !== null && member.leftAt === null) store.saveMember({ ...member, leftAt: endedAt })
    }
    const ended: CallRow = { ...call, endedAt, endReason: reason }
    const members = store.members(cid)
    // Enqueued before the end is stored: if the service crashes in between, the call is ended again and the callback is not lost.
    const entered = members.filter(({ joinedAt }) => joinedAt !== null).length
    if (entered > 0) this.enqueueOnce(cid, EVENT_TYPE.duration, () => durationBody(ended, members))
    if (entered < 2 && call.scene === SCENE.P2P) {
      this.enqueueOnce(cid, EVENT_TYPE.notConnected, () => notConnectedBody(ended, members))
    }
    const recorded = call.recording === 'live'
    store.updateCall(cid, { endedAt, endReason: reason, recording: recorded ? 'finishing' : call.recording })
    if (recorded) this.finish(cid)
  }

  private finish(cid: number): void {
    if (this.finishing.has(cid)) return
    const done = this.finishFiles(cid).finally(() => this.finishing.delete(cid))
    this.finishing.set(cid, done)
  }

  private async finishFiles(cid: number): Promise<void> {
    const { store, recording, outbox, urlOf, log } = this.deps
    try {
      const singles = await recording.finish(cid)
      const mixed = await recording.mix(cid)
      const [files, notes] = [
        [...singles.files, ...mixed.files],
        [...singles.notes, ...mixed.notes],
      ]
      const fresh = files.some(({ filename }) => !store.file(cid, filename))
      // In one transaction: files that are stored without their callback would never be reported.
      store.atomically(() => {
        store.insertFiles(files)
        // Sent once, even if a crash repeats this; sent again only if the repetition produced more files.
        if (fresh) outbox.enqueue(cid, EVENT_TYPE.files, filesBody(files, urlOf))
        else if (files.length > 0) this.enqueueOnce(cid, EVENT_TYPE.files, () => filesBody(files, urlOf))
      })
      const allNotes = withEarlier(notes, files, store.call(cid)?.notes ?? [])
      const none = store.files({ cid, limit: 1 }).length === 0
      const failed = none && notes.length > 0
      const frames = withRepeated(singles.frames, store.call(cid)?.frames ?? [])
      store.updateCall(cid, { recording: failed ? 'failed' : 'done', notes: allNotes, frames })
      await recording.release(cid)
      log.info({ cid, files: files.length, notes: notes.map(({ code }) => code) }, 'recording: files finished')
    } catch (error) {
      // The recording is kept as it is and finished at the next start.
      if (error instanceof MixEnded) return
      log.error({ err: error, cid }, 'recording: finishing failed')
      const message = 'The recording could not be finished. Its data are kept and tried again at the next start.'
      this.safely(cid, () => store.updateCall(cid, { recording: 'failed', notes: [{ code: 'unfinished', message }] }))
    }
  }

  private enqueueOnce(cid: number, eventType: EventType, body: () => string): void {
    const { store, outbox } = this.deps
    const isThere = store.outbox(cid).some((event) => event.eventType === eventType && !isRunningReport(event))
    if (!isThere) outbox.enqueue(cid, eventType, body())
  }

  /** Reports a running call, once per interval since it was connected. */
  private reportRunning(cid: number, createdAt: number): void {
    const { store, outbox, runningInterval = RUNNING_INTERVAL } = this.deps
    const now = Date.now()
    if (now - createdAt < runningInterval) return
    const call = store.call(cid)
    const members = store.members(cid)
    const connectedAt = call && connectionOf(call, members)
    if (!call || connectedAt === null || connectedAt === undefined) return
    const due = Math.floor((now - connectedAt) / runningInterval)
    if (store.outbox(cid).filter(isRunningReport).length >= due) return
    outbox.enqueue(cid, EVENT_TYPE.duration, durationBody(call, members, now))
  }

  private row(cid: number, account: string): CallMemberRow | undefined {
    return this.deps.store.members(cid).find((member) => member.account === account)
  }

  private saveMember({ cid }: Channel, { account, uid }: ChannelMember, change: Partial<CallMemberRow>): void {
    const row = this.row(cid, account) ?? { cid, account, uid, joinedAt: null, leftAt: null, absent: 0, request: null }
    this.deps.store.saveMember({ ...row, ...change })
  }

  private noteTime(): void {
    if (this.live.size > 0) this.deps.store.setSetting(PULSE_SETTING, String(Date.now()))
  }

  /** A call continues even if it cannot be stored; the error is logged. */
  private safely(cid: number | null, write: () => void): void {
    try {
      write()
    } catch (error) {
      this.deps.log.error({ err: error, cid }, 'calls: storing failed')
    }
  }
}

/** A repetition always covers the mix. */
const isAboutMix = ({ code }: RecordingNote): boolean => code === 'mix-failed' || code === 'mix-unavailable'

/** A repetition may cover only some participants: earlier notes about the others are kept. */
function withEarlier(notes: RecordingNote[], files: RecordingFile[], earlier: RecordingNote[]): RecordingNote[] {
  const repeated = new Set([...notes, ...files].map(({ uid }) => uid))
  const isTold = (note: RecordingNote): boolean =>
    note.uid === undefined ? isAboutMix(note) || notes.some(({ code }) => code === note.code) : repeated.has(note.uid)
  const lasting = earlier.filter((note) => note.uid !== undefined || note.code !== 'unfinished')
  return [...lasting.filter((note) => !isTold(note)), ...notes]
}

function withRepeated(frames: FrameAccount[], earlier: FrameAccount[]): FrameAccount[] {
  const repeated = new Set(frames.map(({ uid }) => uid))
  return [...earlier.filter(({ uid }) => !repeated.has(uid)), ...frames]
}

/** When the call was answered, or the room's first member joined; null before that. */
function connectionOf({ answeredAt }: CallRow, members: readonly CallMemberRow[]): number | null {
  const joins = members.flatMap(({ joinedAt }) => joinedAt ?? [])
  return joins.length === 0 ? null : (answeredAt ?? Math.min(...joins))
}

function isRunningReport({ eventType, body }: { eventType: string; body: string }): boolean {
  return eventType === EVENT_TYPE.duration && JSON.parse(body).running === true
}

/** The latest time at which the call is known to have run. */
function lastSign(call: CallRow, members: readonly CallMemberRow[], lastPulse: number): number {
  const times = members.flatMap(({ joinedAt, leftAt }) => [joinedAt, leftAt])
  return Math.max(lastPulse, call.createdAt, call.answeredAt ?? 0, ...times.map((time) => time ?? 0))
}
