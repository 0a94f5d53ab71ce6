/** What the service keeps. One embedded database; times are ms since 1970. */
import type { CallType, Scene } from '../../miniprogram/netcall/constants'
import type { FrameAccount } from '../recording/frame-account'
import type { RecordingFile, RecordingNote, RecordingRequest } from '../recording/types'

export type CallEndReason =
  'hangup' | 'cancelled' | 'rejected' | 'busy' | 'no-answer' | 'offline' | 'lost' | 'room-closed' | 'service-stopped'

export interface CallRow {
  cid: number
  scene: Scene
  type: CallType
  /** Room name, for rooms. */
  name: string | null
  caller: string
  /** What the app put into the call when it began it; a receiver of callbacks gets it back as `ext`. */
  custom: string
  createdAt: number
  answeredAt: number | null
  endedAt: number | null
  endReason: CallEndReason | null
  /** none: nothing was asked for; live: the call runs; finishing; done; failed: see the notes. */
  recording: 'none' | 'live' | 'finishing' | 'done' | 'failed'
  notes: RecordingNote[]
  frames: FrameAccount[]
}
export interface CallMemberRow {
  cid: number
  account: string
  uid: number
  /** Its first coming. */
  joinedAt: number | null
  /** Its last going; null while it is in. */
  leftAt: number | null
  /** How long it was out between the two, ms. */
  absent: number
  request: RecordingRequest | null
}
export type CallbackState = 'waiting' | 'sent' | 'failed'
export interface OutboxRow {
  id: number
  cid: number
  /** The event's own, the same at each try: `<cid>-<8 hex digits>`. */
  callbackId: string
  /** "20" started, "5" duration, "6" files */
  eventType: string
  body: string
  attempts: number
  nextAttemptAt: number
  state: CallbackState
  lastError: string | null
  sentAt: number | null
}
/** One callback as the built-in demo receiver got it. */
export interface ReceivedCallbackRow {
  id: number
  receivedAt: number
  eventType: string
  cid: number | null
  callbackId: string | null
  valid: boolean
  /** Why it was not valid. */
  problem: string | null
  body: string
}

/** What becomes of an event. */
export type OutboxProgress = Pick<OutboxRow, 'attempts' | 'nextAttemptAt' | 'state' | 'lastError' | 'sentAt'>

/** Over age: ended before `endedBefore`. Over size: has files. Deleted: by every member who was in it. */
export type RemovalReason = { why: 'age'; endedBefore: number } | { why: 'size' } | { why: 'deleted' }

export interface Store {
  /** The account's uid, made at its first use. */
  uidOf(account: string): number
  hasAccount(account: string): boolean
  /** By name, those after `after` (empty: from the first). */
  accounts(after: string, limit: number): string[]

  insertCall(call: CallRow): void
  updateCall(cid: number, change: Partial<Omit<CallRow, 'cid'>>): void
  call(cid: number): CallRow | undefined
  /** Newest first; only those the account is a member of and has not deleted, when given. */
  calls(filter: { account?: string; limit: number }): CallRow[]
  /** Calls without an end, or with a recording that was not finished: at start, those a dead service left. */
  openCalls(): CallRow[]
  saveMember(member: CallMemberRow): void
  members(cid: number): CallMemberRow[]

  insertFiles(files: RecordingFile[]): void
  /** Newest first; only of calls that the account had media in and has not deleted, when given. */
  files(filter: { cid?: number; account?: string; limit: number }): RecordingFile[]
  file(cid: number, filename: string): RecordingFile | undefined

  /** The account does not want to see the call any more, which is over; others keep it. */
  deleteFor(cid: number, account: string): void
  hasDeleted(cid: number, account: string): boolean
  /**
   * Calls that may go, oldest end first: over, with nothing to be finished or sent. A callback that was given up keeps its
   * call, except from its age.
   */
  removable(why: RemovalReason, limit: number): number[]
  /** Bytes of all finished files. */
  filesSize(): number
  /** Forgets the call with all that belongs to it, and notes that its folder is to go. */
  removeCall(cid: number): void
  /** Calls that are forgotten, and whose folder may still be there. */
  removals(): number[]
  removalDone(cid: number): void

  /** All of it or nothing, also when the service dies meanwhile. May be nested. */
  atomically(work: () => void): void

  enqueue(event: { cid: number; eventType: string; body: string; now: number }): OutboxRow
  /** Events due at `now`, oldest first, at most one per call (so that a call's events keep their order). */
  due(now: number, limit: number): OutboxRow[]
  updateOutbox(id: number, change: Partial<OutboxProgress>): void
  outbox(cid: number): OutboxRow[]
  /** The oldest events of all calls in these states. */
  outboxWhere(states: readonly CallbackState[], limit: number): OutboxRow[]
  /** Puts events that were given up back into the queue; those of one call, or one of them, when given. Tells how many. */
  requeueFailed(which: { cid?: number; callbackId?: string }, now: number): number
  /** When the next event is due, null when none waits. */
  nextDue(): number | null
  outboxCounts(): Record<CallbackState, number>

  insertReceived(row: Omit<ReceivedCallbackRow, 'id'>): ReceivedCallbackRow
  /** Whether the demo receiver has taken that event already. */
  hasReceived(callbackId: string): boolean
  received(limit: number): ReceivedCallbackRow[]

  /** A value kept under a name (the media secret, the database's version …). */
  setting(name: string): string | undefined
  setSetting(name: string, value: string): void
  /** Throws when the database does not answer. */
  check(): void
  close(): void
}
