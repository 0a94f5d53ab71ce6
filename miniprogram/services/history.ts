import type { CallController } from '../call/controller'
import {
  isInRoom,
  type CallDirection,
  type CallKind,
  type EndedCall,
  type EndReason,
  type RoomEndReason,
} from '../call/state'
import { Listeners } from '../netcall/emitter'
import type { Account, Cid } from '../netcall/types'
import { endings } from '../texts/endings'
import { roomEndings } from '../texts/room-endings'
import { member } from '../json'
import type { Outcome, RecordedRoom } from './records'
import type { Session } from './session'
import { load, save } from './storage'

/** A call in this phone's history. */
export interface PastCall {
  /** The peer, or a room's title. */
  peer: string
  kind: CallKind
  direction: CallDirection
  /** When it began to ring, ms by this phone's clock. */
  startedAt: number
  /** ms, from the answer to the end; 0 if it was never answered. */
  duration: number
  /** Busy: this phone rejected the call and did not ring. */
  reason: EndReason | RoomEndReason | typeof I_WAS_BUSY
  /** Null if the service assigned none, or this phone never got it. */
  cid: Cid | null
  /** Only for rooms. */
  room?: RecordedRoom
}

const I_WAS_BUSY = 'i-was-busy' satisfies Outcome
/** Calls kept per account: about 15 KB of the 10 MB that a mini-program may store. */
const KEPT = 100

/**
 * Calls that ended on this phone or found it busy, stored per account and service. Independent of the service: calls that never reached it
 * are included.
 */
export class History {
  private readonly session: Pick<Session, 'state'>
  private readonly listeners = new Listeners()
  /** Cache of the last read. */
  private read: { key: string; calls: readonly PastCall[] } | null = null

  constructor(call: Pick<CallController, 'subscribe' | 'onMissed'>, session: Pick<Session, 'state'>) {
    this.session = session
    // Members of the room before its end is counted: after that they are unknown.
    const met = new Set<Account>()
    call.subscribe((state, previous) => {
      if (isInRoom(state)) for (const { account } of state.members) met.add(account)
      if (state.phase !== 'ended' || previous.phase === 'ended') return
      this.add(state.type === 'room' ? pastRoom(state, met.size) : pastCall(state))
      met.clear()
    })
    call.onMissed((missed) => {
      const { kind, at: startedAt } = missed
      const facts = { kind, startedAt, direction: 'incoming', duration: 0, reason: I_WAS_BUSY } as const
      if (missed.type === 'room') {
        this.add({ ...facts, peer: missed.title, cid: null, room: { name: null, members: 0 } })
      } else if (!this.calls.some(({ cid }) => cid === missed.cid)) {
        // Callers repeat an unanswered call.
        this.add({ ...facts, peer: missed.peer, cid: missed.cid })
      }
    })
  }

  /** The signed-in account's calls, newest first; none while signed out. */
  get calls(): readonly PastCall[] {
    const { state } = this.session
    if (state.phase !== 'signed-in') return []
    const key = `history:${state.account}@${state.service}`
    if (this.read?.key !== key) this.read = { key, calls: stored(key) }
    return this.read.calls
  }

  /** Subscribes to changes. Returns the unsubscribe function. */
  subscribe(listener: () => void): () => void {
    return this.listeners.add(listener)
  }

  /** Removes calls for good. */
  forget(calls: readonly PastCall[]): void {
    if (calls.length > 0) this.keep(this.calls.filter((past) => !calls.includes(past)))
  }

  private add(call: PastCall): void {
    const known = this.calls.find(({ cid }) => cid !== null && cid === call.cid)
    // The busy message may have been lost, and the call may have rung after all.
    const replaced = known && (call.room || known.reason === I_WAS_BUSY) ? known : null
    const before = this.calls.filter((past) => past !== replaced)
    this.keep([call.room && known ? again(call, known) : call, ...before].slice(0, KEPT))
  }
  private keep(calls: readonly PastCall[]): void {
    if (!this.read) return
    this.read.calls = calls
    save(this.read.key, calls)
    this.listeners.emit()
  }
}

function pastCall(end: Extract<EndedCall, { type: 'one-to-one' }>): PastCall {
  const { peer, kind, direction, startedAt, duration, reason, cid } = end
  return { peer, kind, direction, startedAt, duration, reason, cid }
}
function pastRoom(end: Extract<EndedCall, { type: 'room' }>, others: number): PastCall {
  const { room, title, kind, inviter, startedAt, duration, reason, cid } = end
  const direction = inviter === null ? 'outgoing' : 'incoming'
  const members = cid === null ? 0 : others + 1
  const name = title === room ? room : null
  return { peer: title, kind, direction, startedAt, duration, reason, cid, room: { name, members } }
}
/** Rejoining the same room continues its entry. */
function again(call: PastCall, before: PastCall): PastCall {
  const { startedAt, direction } = before
  const members = Math.max(call.room?.members ?? 0, before.room?.members ?? 0)
  const room = call.room && { ...call.room, members }
  return { ...call, startedAt, direction, duration: before.duration + call.duration, ...(room && { room }) }
}

function stored(key: string): PastCall[] {
  const calls = load(key, (old) => Array.isArray(old) && old.every(isPastCall))
  return Array.isArray(calls) ? calls.filter(isPastCall).slice(0, KEPT) : []
}

function isPastCall(stored: unknown): stored is PastCall {
  const peer = member(stored, 'peer')
  const kind = member(stored, 'kind')
  const direction = member(stored, 'direction')
  const reason = member(stored, 'reason')
  const cid = member(stored, 'cid')
  return (
    typeof peer === 'string' &&
    peer !== '' &&
    (kind === 'audio' || kind === 'video') &&
    (direction === 'outgoing' || direction === 'incoming') &&
    isCount(member(stored, 'startedAt')) &&
    isCount(member(stored, 'duration')) &&
    // The dictionary has a text for every reason.
    typeof reason === 'string' &&
    [...Object.keys(endings.en), ...Object.keys(roomEndings.en), I_WAS_BUSY].includes(reason) &&
    (cid === null || isCount(cid)) &&
    isRoomOrNone(member(stored, 'room'))
  )
}
function isRoomOrNone(room: unknown): boolean {
  const name = member(room, 'name')
  return room === undefined || ((name === null || typeof name === 'string') && isCount(member(room, 'members')))
}
function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0
}
