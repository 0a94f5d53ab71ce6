/** The signed-in account's calls at the service: files and callbacks. */
import { kindOfType } from '../call/mode'
import type { CallDirection, CallKind, EndReason, RoomEndReason } from '../call/state'
import { SCENE } from '../netcall/constants'
import type { ApiCall, ApiCallback, ApiCalls, RecordingState } from '../netcall/http-api'
import type { Account } from '../netcall/types'
import { isGroupCall } from '../call/room/name'
import { member } from '../json'
import { HttpError, requestJson } from './http'
import { recordedFiles, type RecordedFile } from './recorded-files'

/** End reasons that only the service knows: `ended`, or why this phone did not ring. */
type ToldOutcome = 'ended' | 'i-was-busy' | 'i-was-offline'
/** End of a call, in a list of calls. */
export type Outcome = EndReason | RoomEndReason | ToldOutcome

export interface RecordedRoom {
  /** The name for joining again; null if unknown, as for a group call. */
  name: string | null
  /** Number of members; 0 if unknown. */
  members: number
}
export interface CallRecord {
  cid: number
  kind: CallKind
  direction: CallDirection
  /** The peer, or a room's title. */
  peer: string
  room: RecordedRoom | null
  startedAt: number
  /** ms, from the answer to the end. */
  duration: number
  endReason: string | null
  /** The call is running. */
  live: boolean
  recording: RecordingState
  /** Progress of the mixed file, from 0 to 1; null while none is being made. */
  progress: number | null
  notes: Array<{ code: string; message: string }>
  /** Members with frames that are in no file. */
  missing: Array<{ account: string; pictures: number; sounds: number }>
  files: RecordedFile[]
  /** The worst state of its callbacks. */
  callback: 'none' | 'waiting' | 'sent' | 'failed'
  callbacks: Array<Pick<ApiCallback, 'eventType' | 'state' | 'attempts' | 'lastError'>>
}

export class RecordsError extends Error {
  override readonly name = 'RecordsError'
  /** under-way: the call to be deleted is still running. */
  readonly reason: 'unreachable' | 'refused' | 'under-way'

  constructor(reason: RecordsError['reason'], message: string) {
    super(message)
    this.reason = reason
  }
}

interface SignedIn {
  service: string
  account: string
  token: string
}

export class Records {
  private readonly signedIn: () => SignedIn | null

  constructor(signedIn: () => SignedIn | null) {
    this.signedIn = signedIn
  }

  /** Newest first. Rejects with a `RecordsError`. */
  async list(): Promise<CallRecord[]> {
    const { service, account, token } = this.who()
    const answer = await ask(requestJson({ method: 'GET', url: `${service}/api/calls`, token }))
    if (!isCalls(answer)) throw new RecordsError('refused', 'the answer of /api/calls has no calls')
    return answer.calls.map((call) => recordOf(call, account, service))
  }

  /** Sends the failed callbacks of a call again. Rejects with a `RecordsError`. */
  async resend(cid: number): Promise<void> {
    const { service, token } = this.who()
    await ask(requestJson({ method: 'POST', url: `${service}/api/calls/${cid}/callback`, token }))
  }

  /** Removes a call from this account's list for good; succeeds for calls unknown to the service. Rejects with a `RecordsError`. */
  async remove(cid: number): Promise<void> {
    const { service, token } = this.who()
    try {
      await requestJson({ method: 'DELETE', url: `${service}/api/calls/${cid}`, token })
    } catch (error) {
      if (!(error instanceof HttpError)) throw error
      if (error.status === 409) throw new RecordsError('under-way', error.message)
      if (error.status !== 404) throw new RecordsError(error.reason, error.message)
    }
  }

  private who(): SignedIn {
    const who = this.signedIn()
    if (!who) throw new RecordsError('refused', 'not signed in')
    return who
  }
}

async function ask(request: Promise<unknown>): Promise<unknown> {
  try {
    return await request
  } catch (error) {
    if (error instanceof HttpError) throw new RecordsError(error.reason, error.message)
    throw error
  }
}

function isCalls(answer: unknown): answer is ApiCalls {
  return Array.isArray(member(answer, 'calls'))
}

function recordOf(call: ApiCall, account: string, service: string): CallRecord {
  const outgoing = call.caller === account
  const others = call.members.filter((each) => each.account !== account).map((each) => each.account)
  return {
    cid: call.cid,
    kind: kindOfType(call.type),
    direction: outgoing ? 'outgoing' : 'incoming',
    ...placeOf(call, outgoing ? (others[0] ?? '') : call.caller),
    startedAt: call.createdAt,
    duration: call.duration,
    endReason: call.endReason,
    live: call.endedAt === null,
    recording: call.recording.state,
    progress: call.recording.progress,
    notes: call.recording.notes.map(({ code, message }) => ({ code, message })),
    missing: call.recording.frames
      .map(({ account: who, audio, video }) => ({
        account: who,
        pictures: video.received - video.written,
        sounds: audio.received - audio.written,
      }))
      .filter(({ pictures, sounds }) => pictures + sounds > 0),
    files: recordedFiles(call, service),
    callback: callbackOf(call),
    callbacks: call.callbacks.map(({ eventType, state, attempts, lastError }) => ({
      eventType,
      state,
      attempts,
      lastError,
    })),
  }
}

function placeOf(
  { scene, name, caller, members, createdAt }: ApiCall,
  peer: Account,
): Pick<CallRecord, 'peer' | 'room'> {
  if (scene !== SCENE.MEETING || name === null) return { peer, room: null }
  const accounts = members.map(({ account }) => account)
  return isGroupCall(name, caller, createdAt)
    ? { peer: accounts.join(', '), room: { name: null, members: accounts.length } }
    : { peer: name, room: { name, members: accounts.length } }
}

/** The worst state of a call's callbacks. */
function callbackOf({ callbacks }: ApiCall): CallRecord['callback'] {
  if (callbacks.length === 0) return 'none'
  if (callbacks.some(({ state }) => state === 'failed')) return 'failed'
  return callbacks.some(({ state }) => state === 'waiting') ? 'waiting' : 'sent'
}
