import { randomBytes } from 'node:crypto'
import type { z } from 'zod'
import type { RecordingFile } from '../recording/types'
import { openDatabase, type Connection } from './database'
import {
  accountRow,
  callRow,
  cidRow,
  countRow,
  dueRow,
  fileRow,
  memberRow,
  outboxRow,
  receivedRow,
  sizeRow,
  uidRow,
  valueRow,
} from './rows'
import { prepareStatements, type Statements } from './statements'
import type {
  CallbackState,
  CallMemberRow,
  CallRow,
  OutboxProgress,
  OutboxRow,
  ReceivedCallbackRow,
  RemovalReason,
  Store,
} from './types'

/** Number of received callbacks kept. Invalid ones are counted separately, so that they cannot displace valid ones. */
const RECEIVED_KEPT = { valid: 500, invalid: 100 }

/** Opens the store in the database file at `path`. Throws a `DatabaseError`. */
export function openStore(path: string): Store {
  return new DatabaseStore(openDatabase(path))
}

class DatabaseStore implements Store {
  private readonly statements: Statements

  constructor(private readonly connection: Connection) {
    this.statements = prepareStatements(connection)
  }

  uidOf(account: string): number {
    const known = one(uidRow, this.statements.uidOf.get({ account }))
    if (known) return known.uid
    this.statements.addAccount.run({ account })
    return uidRow.parse(this.statements.uidOf.get({ account })).uid
  }

  hasAccount(account: string): boolean {
    return this.statements.uidOf.get({ account }) !== undefined
  }

  accounts(after: string, limit: number): string[] {
    return all(accountRow, this.statements.accounts.all({ after, limit })).map(({ account }) => account)
  }

  insertCall(call: CallRow): void {
    this.statements.insertCall.run({ ...call, notes: JSON.stringify(call.notes), frames: JSON.stringify(call.frames) })
  }

  updateCall(cid: number, change: Partial<Omit<CallRow, 'cid'>>): void {
    const call = this.call(cid)
    if (!call) return
    const changed = { ...call, ...change }
    this.statements.updateCall.run({
      ...changed,
      notes: JSON.stringify(changed.notes),
      frames: JSON.stringify(changed.frames),
    })
  }

  call(cid: number): CallRow | undefined {
    return one(callRow, this.statements.call.get({ cid }))
  }

  calls({ account, limit }: { account?: string; limit: number }): CallRow[] {
    const { calls, callsOf } = this.statements
    return all(callRow, account === undefined ? calls.all({ limit }) : callsOf.all({ account, limit }))
  }

  everyCall(filter: { account?: string; recorded?: boolean; before?: number; limit: number }): CallRow[] {
    const { account, recorded = false, before = null, limit } = filter
    const { everyCall, everyCallOf } = this.statements
    const page = { before, recorded: Number(recorded), limit }
    return all(callRow, account === undefined ? everyCall.all(page) : everyCallOf.all({ ...page, account }))
  }

  openCalls(): CallRow[] {
    return all(callRow, this.statements.openCalls.all({}))
  }

  saveMember(member: CallMemberRow): void {
    this.statements.saveMember.run({ ...member, request: member.request ? JSON.stringify(member.request) : null })
  }

  members(cid: number): CallMemberRow[] {
    return all(memberRow, this.statements.members.all({ cid }))
  }

  insertFiles(files: RecordingFile[]): void {
    this.atomically(() => {
      for (const file of files) {
        const { caller, mix, size, duration } = file
        this.statements.insertFile.run({
          ...file,
          size: Math.round(size),
          duration: Math.round(duration),
          caller: Number(caller),
          mix: Number(mix),
        })
      }
    })
  }

  files({ cid, account, limit }: { cid?: number; account?: string; limit: number }): RecordingFile[] {
    return all(fileRow, this.statements.files.all({ cid: cid ?? null, account: account ?? null, limit }))
  }

  file(cid: number, filename: string): RecordingFile | undefined {
    return one(fileRow, this.statements.file.get({ cid, filename }))
  }

  deleteFile(cid: number, filename: string): void {
    this.statements.deleteFile.run({ cid, filename })
  }

  deleteFor(cid: number, account: string): void {
    this.atomically(() => {
      this.statements.deleteFor.run({ cid, account })
      this.statements.noteUnwanted.run({ cid })
    })
  }

  hasDeleted(cid: number, account: string): boolean {
    return this.statements.deletion.get({ cid, account }) !== undefined
  }

  removable(reason: RemovalReason, limit: number): number[] {
    const { tooOld, withFiles, unwanted } = this.statements
    if (reason.why === 'age') return cids(tooOld.all({ endedBefore: reason.endedBefore, limit }))
    return cids((reason.why === 'size' ? withFiles : unwanted).all({ limit }))
  }

  filesSize(): number {
    return sizeRow.parse(this.statements.filesSize.get({})).size
  }

  removeCall(cid: number): void {
    this.atomically(() => {
      this.statements.addRemoval.run({ cid })
      for (const statement of this.statements.forget) statement.run({ cid })
    })
  }

  removals(): number[] {
    return cids(this.statements.removals.all({}))
  }

  removalDone(cid: number): void {
    this.statements.removalDone.run({ cid })
  }

  atomically(work: () => void): void {
    if (this.connection.inTransaction) work()
    else this.connection.transaction(work).immediate()
  }

  enqueue(event: { cid: number; eventType: string; body: string; now: number }): OutboxRow {
    const callbackId = `${event.cid}-${randomBytes(4).toString('hex')}`
    return outboxRow.parse(this.statements.enqueue.get({ ...event, callbackId }))
  }

  due(now: number, limit: number): OutboxRow[] {
    return all(outboxRow, this.statements.due.all({ now, limit }))
  }

  updateOutbox(id: number, change: Partial<OutboxProgress>): void {
    const row = one(outboxRow, this.statements.outboxEntry.get({ id }))
    if (!row) return
    const { attempts, nextAttemptAt, state, lastError, sentAt } = { ...row, ...change }
    this.statements.updateOutbox.run({ id, attempts, nextAttemptAt, state, lastError, sentAt })
  }

  outbox(cid: number): OutboxRow[] {
    return all(outboxRow, this.statements.outbox.all({ cid }))
  }

  outboxWhere(states: readonly CallbackState[], limit: number): OutboxRow[] {
    return all(outboxRow, this.statements.outboxWhere.all({ states: JSON.stringify(states), limit }))
  }

  requeueFailed({ cid, callbackId }: { cid?: number; callbackId?: string }, now: number): number {
    return this.statements.requeueFailed.run({ cid: cid ?? null, callbackId: callbackId ?? null, now }).changes
  }

  nextDue(): number | null {
    return dueRow.parse(this.statements.nextDue.get({})).due
  }

  outboxCounts(): Record<CallbackState, number> {
    const counts = { waiting: 0, sent: 0, failed: 0 }
    for (const { state, count } of all(countRow, this.statements.outboxCounts.all({}))) counts[state] = count
    return counts
  }

  insertReceived(row: Omit<ReceivedCallbackRow, 'id'>): ReceivedCallbackRow {
    const valid = Number(row.valid)
    const inserted = receivedRow.parse(this.statements.insertReceived.get({ ...row, valid }))
    this.statements.pruneReceived.run({ valid, kept: row.valid ? RECEIVED_KEPT.valid : RECEIVED_KEPT.invalid })
    return inserted
  }

  hasReceived(callbackId: string): boolean {
    return this.statements.receivedOne.get({ callbackId }) !== undefined
  }

  received(limit: number): ReceivedCallbackRow[] {
    return all(receivedRow, this.statements.received.all({ limit }))
  }

  setting(name: string): string | undefined {
    return one(valueRow, this.statements.setting.get({ name }))?.value
  }

  setSetting(name: string, value: string): void {
    this.statements.setSetting.run({ name, value })
  }

  check(): void {
    this.statements.setting.get({ name: '' })
  }

  close(): void {
    this.connection.close()
  }
}

function one<T>(row: z.ZodType<T>, value: unknown): T | undefined {
  return value === undefined ? undefined : row.parse(value)
}
function cids(values: unknown[]): number[] {
  return all(cidRow, values).map(({ cid }) => cid)
}
function all<T>(row: z.ZodType<T>, values: unknown[]): T[] {
  return values.map((value) => row.parse(value))
}
