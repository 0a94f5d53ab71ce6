/** Merges two lists of calls: this phone's history and the service's records. Pure. */
import type { CallDirection, CallKind } from '../../call/state'
import type { PastCall } from '../../services/history'
import type { CallRecord, Outcome, RecordedRoom } from '../../services/records'

export interface Call {
  /** Constant over updates. */
  id: string
  /** An account, or a room's title. */
  peer: string
  kind: CallKind
  direction: CallDirection
  startedAt: number
  /** ms, from the answer to the end; 0 if it was never answered. */
  duration: number
  /** Null while the call runs. */
  outcome: Outcome | null
  room: RecordedRoom | null
  /** The service's record; null if not loaded yet, or unknown to the service. */
  record: CallRecord | null
  /** This phone's entry. */
  past: PastCall | null
  /** Channel ids that were cancelled in favour of this call: see `CROSSING`. */
  crossed: number[]
}

/** Maximum difference between the start on phone and service, ms: slow requests, clocks that differ a little. */
const SAME_CALL = 10_000
/** Maximum difference between two calls that crossed, ms: the time that a ring is in transit. */
const CROSSING = 3_000

/** Newest first. */
export function mergeCalls(history: readonly PastCall[], records: readonly CallRecord[]): Call[] {
  const twins = twinsOf(history, records)
  const told = new Set(twins.values())
  const others = records.filter((record) => !told.has(record))
  const calls = [
    ...history.map((past) => callOfHistory(past, twins.get(past) ?? null)),
    ...others.filter((record) => !isCancelled(record)).map(callOfRecord),
  ]
  const alone = others.filter(isCancelled).filter((record) => {
    const survivor = calls.find((call) => hasCrossed(record, call))
    survivor?.crossed.push(record.cid)
    return !survivor
  })
  return [...calls, ...alone.map(callOfRecord)].sort((a, b) => b.startedAt - a.startedAt)
}

/**
 * Assigns records to this phone's calls: by channel id if the phone knows it. It does not if the callee was offline (the service stores
 * that call and refuses it), if the answer was lost, or if the caller cancelled before it came: then the nearest record of a call to the
 * same account, of the same type, that began at about the same time. Nearest first, each at most once, because people retry within seconds.
 */
function twinsOf(history: readonly PastCall[], records: readonly CallRecord[]): Map<PastCall, CallRecord> {
  const twins = new Map<PastCall, CallRecord>()
  const byCid = new Map(records.map((record) => [record.cid, record]))
  for (const past of history) {
    const record = past.cid === null ? undefined : byCid.get(past.cid)
    if (record) twins.set(past, record)
  }
  const told = new Set(twins.values())
  const pairs = history
    .filter(({ cid }) => cid === null)
    .flatMap((past) =>
      records
        .filter((record) => !told.has(record) && isAlike(past, record))
        .map((record) => ({ past, record, apart: apart(past, record) })),
    )
    .sort((a, b) => a.apart - b.apart)
  for (const { past, record } of pairs) {
    if (twins.has(past) || told.has(record)) continue
    twins.set(past, record)
    told.add(record)
  }
  return twins
}

function isAlike(past: PastCall, record: CallRecord): boolean {
  const { peer, kind, direction, room } = record
  const same = past.peer === peer && past.kind === kind && past.direction === direction && !room && !past.room
  return same && apart(past, record) <= SAME_CALL
}

function isCancelled({ endReason }: CallRecord): boolean {
  return endReason === 'cancelled'
}

/** Of two calls that crossed, one continued, and the service stored both: the other one is not shown. */
function hasCrossed(record: CallRecord, { peer, direction, startedAt, record: told }: Call): boolean {
  const near = [{ startedAt }, ...(told ? [told] : [])].some((start) => apart(start, record) <= CROSSING)
  return near && record.peer === peer && record.direction !== direction
}

function apart(one: { startedAt: number }, other: { startedAt: number }): number {
  return Math.abs(one.startedAt - other.startedAt)
}

/** The phone's own data take precedence over the service's. */
function callOfHistory(past: PastCall, record: CallRecord | null): Call {
  const { cid, peer, kind, direction, startedAt, reason, room = null } = past
  const id = cid === null ? `at-${startedAt}` : String(cid)
  // Another device of the account may have taken the call.
  const duration = past.duration || (record?.duration ?? 0)
  return { id, peer, kind, direction, startedAt, duration, outcome: reason, room, record, past, crossed: [] }
}

function callOfRecord(record: CallRecord): Call {
  const { cid, peer, kind, direction, startedAt, duration, live, room } = record
  const outcome = live ? null : outcomeOf(record)
  const id = String(cid)
  return { id, peer, kind, direction, startedAt, duration, outcome, room, record, past: null, crossed: [] }
}

function outcomeOf({ endReason, direction }: CallRecord): Outcome {
  const outgoing = direction === 'outgoing'
  switch (endReason) {
    case 'cancelled':
      return outgoing ? 'cancelled' : 'peer-cancelled'
    case 'rejected':
      return outgoing ? 'peer-rejected' : 'rejected'
    case 'busy':
      return outgoing ? 'peer-busy' : 'i-was-busy'
    case 'no-answer':
      return outgoing ? 'no-answer' : 'missed'
    case 'offline':
      return outgoing ? 'peer-offline' : 'i-was-offline'
    case 'lost':
      return 'connection-lost'
    case 'room-closed':
    case 'service-stopped':
      return endReason
    default:
      return 'ended'
  }
}
