/** The persistent data of the service, in one embedded database. Times are ms since 1970. */
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
  /** Custom data from the app at the start of the call; returned in callbacks as `ext`. */
  custom: string
  createdAt: number
  answeredAt: number | null
  endedAt: number | null
  endReason: CallEndReason | null
  /** none: not requested; live: the call runs; finishing; done; failed: see the notes. */
  recording: 'none' | 'live' | 'finishing' | 'done' | 'failed'
  notes: RecordingNote[]
  frames: FrameAccount[]
}
export interface CallMemberRow {
  cid: number
  account: string
  uid: number
  /** Its first join. */
  joinedAt: number | null
  /** Its last leave; null while it is in. */
  leftAt: number | null
  /** Time that it was out in between, ms. */
  absent: number
  request: RecordingRequest | null
}
export type CallbackState = 'waiting' | 'sent' | 'failed'
export interface OutboxRow {
  id: number
  cid: number
  /** The event's own id, the same at each attempt: `<cid>-<8 hex digits>`. */
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
/** A callback as received by the built-in demo receiver. */
export interface ReceivedCallbackRow {
  id: number
  receivedAt: number
  eventType: string
  cid: number | null
  callbackId: string | null
  valid: boolean
  /** Why it was invalid. */
  problem: string | null
  body: string
}

/** States of an event. */
export type OutboxProgress = Pick<OutboxRow, 'attempts' | 'nextAttemptAt' | 'state' | 'lastError' | 'sentAt'>

/** `age`: ended before `endedBefore`. `size`: has files. `deleted`: by all members that were in it. */
export type RemovalReason = { why: 'age'; endedBefore: number } | { why: 'size' } | { why: 'deleted' }

export interface Store {
  /** The account's uid, assigned at first use. */
  uidOf(account: string): number
  hasAccount(account: string): boolean
  /** Sorted by name, after `after` (empty: from the start). */
  accounts(after: string, limit: number): string[]

  insertCall(call: CallRow): void
  updateCall(cid: number, change: Partial<Omit<CallRow, 'cid'>>): void
  call(cid: number): CallRow | undefined
  /** Newest first; with an account, only calls of which it is a member and that it has not deleted. */
  calls(filter: { account?: string; limit: number }): CallRow[]
  /** Newest first, also those that members have deleted: of one account, with files only, and after a call in this order. */
  everyCall(filter: { account?: string; recorded?: boolean; before?: number; limit: number }): CallRow[]
  /** Calls without an end or with an unfinished recording: at start, those of a crashed service. */
  openCalls(): CallRow[]
  saveMember(member: CallMemberRow): void
  members(cid: number): CallMemberRow[]

  insertFiles(files: RecordingFile[]): void
  /** Newest first; with an account, only of calls in which it had media and that it has not deleted. */
  files(filter: { cid?: number; account?: string; limit: number }): RecordingFile[]
  file(cid: number, filename: string): RecordingFile | undefined
  deleteFile(cid: number, filename: string): void

  /** Removes an ended call from the account's list; others keep it. */
  deleteFor(cid: number, account: string): void
  hasDeleted(cid: number, account: string): boolean
  /**
   * Calls that may be deleted, oldest end first: ended, with nothing left to finish or send. A given-up callback keeps its call until it
   * reaches its age.
   */
  removable(why: RemovalReason, limit: number): number[]
  /** Bytes of all finished files. */
  filesSize(): number
  /** Deletes the call with all that belongs to it, and stores that its folder is to be deleted. */
  removeCall(cid: number): void
  /** Deleted calls whose folder may still exist. */
  removals(): number[]
  removalDone(cid: number): void

  /** Runs as one transaction. May be nested. */
  atomically(work: () => void): void

  enqueue(event: { cid: number; eventType: string; body: string; now: number }): OutboxRow
  /** Events due at `now`, oldest first, at most one per call, so that a call's events keep their order. */
  due(now: number, limit: number): OutboxRow[]
  updateOutbox(id: number, change: Partial<OutboxProgress>): void
  outbox(cid: number): OutboxRow[]
  /** The oldest events of all calls in these states. */
  outboxWhere(states: readonly CallbackState[], limit: number): OutboxRow[]
  /** Puts given-up events back into the queue: all, those of one call, or one of them. Returns the number. */
  requeueFailed(which: { cid?: number; callbackId?: string }, now: number): number
  /** Time of the next due event; null if none waits. */
  nextDue(): number | null
  outboxCounts(): Record<CallbackState, number>

  insertReceived(row: Omit<ReceivedCallbackRow, 'id'>): ReceivedCallbackRow
  /** Whether the demo receiver already has the event. */
  hasReceived(callbackId: string): boolean
  received(limit: number): ReceivedCallbackRow[]

  /** A named value (the media secret, …). */
  setting(name: string): string | undefined
  setSetting(name: string, value: string): void
  /** Throws if the database does not answer. */
  check(): void
  close(): void
}
