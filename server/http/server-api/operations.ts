import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { CODE } from '../../../miniprogram/netcall/constants'
import type { Channels } from '../../channels/channels'
import type { Log } from '../../log'
import type { Recording, RecordingFile } from '../../recording/types'
import type { CallRow, Store } from '../../store/types'
import { Refusal } from '../../websocket/refusal'
import { ApiError, parseInput } from '../errors'
import * as schemas from './schemas'

export interface ServerApiDeps {
  /** Null: the API refuses every request. */
  appSecret: string | null
  store: Store
  channels: Channels
  recording: Pick<Recording, 'rerecord'>
  log: Log
  /** Folder of `<cid>/<filename>`. */
  recordingsDir: string
  /** Accounts with signed-in devices, sorted by name. */
  online: () => { account: string; devices: number }[]
  /** Whether the call runs, or its files are being made. */
  isBusy: (cid: number) => boolean
  /** Deletes an ended call with all that belongs to it. */
  deleteCall: (cid: number) => Promise<void>
  /** Absolute, signed URL of a file. */
  urlOf: (file: RecordingFile) => string
}

/** A request of the server API: its documentation, and what it does. */
export interface Operation {
  id: string
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Parameters as `{name}`. */
  path: string
  summary: string
  params: z.ZodType
  query: z.ZodType
  body: z.ZodType | null
  /** Null: 204 without a body. */
  answer: z.ZodType | null
  /** Errors besides 400 and 401: when each status is the answer. */
  errors: Readonly<Record<number, string>>
  /** Throws an ApiError or a Refusal. Logs what it changed. */
  run: (input: { params: unknown; query: unknown; body: unknown }) => unknown
}

/** Far above the few files per member of a usual call. */
const FILES_SHOWN = 1_000
const NOTHING = z.object({})
const NO_CALL = 'There is no such call.'
const NOT_RUNNING = 'The call does not run.'
const CALL = '/server/v1/calls/{cid}'
const MEMBER = `${CALL}/members/{account}`

/** The operations of the server API. */
export function serverOperations(deps: ServerApiDeps): Operation[] {
  const { store, channels, log } = deps
  const stored = (cid: number): CallRow => {
    const call = store.call(cid)
    if (!call) throw new ApiError(404, 'not-found', `There is no call ${cid}`)
    return call
  }
  const atRest = (cid: number): CallRow => {
    const call = stored(cid)
    if (call.endedAt === null || deps.isBusy(cid)) {
      throw new ApiError(409, 'busy', `Call ${cid} runs, or its files are being made`)
    }
    return call
  }
  const changed = (what: string, about: object): void => log.info(about, `server-api: ${what}`)

  return [
    operation({
      id: 'listCalls',
      method: 'GET',
      path: '/server/v1/calls',
      summary: 'Calls and rooms, newest first',
      query: schemas.callsQuery,
      answer: schemas.calls,
      errors: { 404: 'There is no call `before`.' },
      run: ({ query: { state, account, recorded, before, limit } }) => {
        if (before !== undefined) stored(before)
        const filter = { recorded, ...(account !== undefined && { account }), ...(before !== undefined && { before }) }
        const page =
          state === 'running' ? runningCalls(deps, filter).slice(0, limit) : store.everyCall({ ...filter, limit })
        const next = page.length === limit ? (page.at(-1)?.cid ?? null) : null
        return { calls: page.map((call) => viewOf(deps, call)), next }
      },
    }),
    operation({
      id: 'getCall',
      method: 'GET',
      path: CALL,
      summary: 'A call with its members and files',
      params: schemas.callParams,
      answer: schemas.call,
      errors: { 404: NO_CALL },
      run: ({ params: { cid } }) => viewOf(deps, stored(cid)),
    }),
    operation({
      id: 'endCall',
      method: 'POST',
      path: `${CALL}/end`,
      summary: 'Ends a running call or room for all members',
      params: schemas.callParams,
      answer: null,
      errors: { 404: NOT_RUNNING },
      run: ({ params: { cid } }) => {
        channels.endChannel(cid)
        changed('call ended', { cid })
      },
    }),
    operation({
      id: 'removeMember',
      method: 'DELETE',
      path: MEMBER,
      summary: 'Removes a member from a running room; it can join again',
      params: schemas.memberParams,
      answer: null,
      errors: { 404: `${NOT_RUNNING} Or the account is not in it.`, 409: 'It is a one-to-one call: end it instead.' },
      run: ({ params: { cid, account } }) => {
        channels.removeMember(cid, account)
        changed('member removed', { cid, account })
      },
    }),
    operation({
      id: 'setRecording',
      method: 'PUT',
      path: `${MEMBER}/recording`,
      summary: 'Starts, changes or stops the recording of a member during a call',
      params: schemas.memberParams,
      body: schemas.recordingOrder,
      answer: null,
      errors: { 404: `${NOT_RUNNING} Or the account is not in it.`, 409: 'The call has not been answered.' },
      run: ({ params: { cid, account }, body }) => {
        channels.orderRecording(cid, account, body)
        deps.recording.rerecord({ cid, uid: store.uidOf(account) })
        changed('recording set', { cid, account, request: body })
      },
    }),
    operation({
      id: 'deleteCall',
      method: 'DELETE',
      path: CALL,
      summary: 'Deletes an ended call with its files and unsent callbacks, for all members',
      params: schemas.callParams,
      answer: null,
      errors: { 404: NO_CALL, 409: 'The call runs, or its files are being made.' },
      run: async ({ params: { cid } }) => {
        await deps.deleteCall(atRest(cid).cid)
        changed('call deleted', { cid })
      },
    }),
    operation({
      id: 'deleteFile',
      method: 'DELETE',
      path: `${CALL}/files/{filename}`,
      summary: 'Deletes a file of an ended call',
      params: schemas.fileParams,
      answer: null,
      errors: { 404: 'There is no such file.', 409: 'The call runs, or its files are being made.' },
      run: async ({ params: { cid, filename } }) => {
        const file = store.file(atRest(cid).cid, filename)
        if (!file) throw new ApiError(404, 'not-found', `Call ${cid} has no file ${filename}`)
        // The row last: if the file cannot be deleted, it is still listed.
        await rm(join(deps.recordingsDir, String(cid), file.filename), { force: true })
        store.deleteFile(cid, file.filename)
        changed('file deleted', { cid, filename })
      },
    }),
    operation({
      id: 'listOnline',
      method: 'GET',
      path: '/server/v1/online',
      summary: 'Accounts with signed-in devices, by name',
      query: schemas.onlineQuery,
      answer: schemas.online,
      errors: {},
      run: ({ query: { accounts, after = '', limit } }) => {
        const online = deps.online()
        if (accounts) {
          const devices = new Map(online.map((one) => [one.account, one.devices]))
          return { accounts: accounts.map((account) => ({ account, devices: devices.get(account) ?? 0 })), next: null }
        }
        const page = online.filter(({ account }) => account > after).slice(0, limit)
        return { accounts: page, next: page.length === limit ? (page.at(-1)?.account ?? null) : null }
      },
    }),
  ]
}

type Spec<P, Q, B> = Omit<Operation, 'params' | 'query' | 'body' | 'run'> & {
  params?: z.ZodType<P>
  query?: z.ZodType<Q>
  body?: z.ZodType<B>
  run: (input: { params: P; query: Q; body: B }) => unknown
}

/** With validated input: throws an ApiError 400 that names the field. */
function operation<P, Q, B>({ params, query, body, run, ...facts }: Spec<P, Q, B>): Operation {
  return {
    ...facts,
    params: params ?? NOTHING,
    query: query ?? NOTHING,
    body: body ?? null,
    run: (input) =>
      run({
        params: parseInput(params ?? z.any(), input.params),
        query: parseInput(query ?? z.any(), input.query),
        body: parseInput(body ?? z.any(), input.body),
      }),
  }
}

function runningCalls({ store, channels }: ServerApiDeps, filter: { account?: string; recorded: boolean }): CallRow[] {
  const { account, recorded } = filter
  // Files are made after the call.
  if (recorded) return []
  return channels
    .running()
    .filter(
      ({ members }) => account === undefined || [...members.values()].some((member) => member.account === account),
    )
    .flatMap(({ cid }) => store.call(cid) ?? [])
    .sort((a, b) => b.createdAt - a.createdAt || b.cid - a.cid)
}

function viewOf({ store, channels, urlOf }: ServerApiDeps, call: CallRow): schemas.ServerApiCall {
  const { cid, scene, type, name, caller, custom, createdAt, answeredAt, endedAt, endReason, recording, notes } = call
  const live = channels.get(cid)
  return {
    cid,
    scene,
    type,
    name,
    caller,
    ext: custom,
    state: live?.state ?? 'ended',
    createdAt,
    answeredAt,
    endedAt,
    endReason,
    members: store.members(cid).map(({ account, uid, joinedAt, leftAt, request }) => {
      return { account, uid, state: live?.members.get(uid)?.state ?? null, joinedAt, leftAt, recording: request }
    }),
    recording: { state: recording, notes },
    files: store.files({ cid, limit: FILES_SHOWN }).map((found) => {
      const { uid, account, kind, filename, size, duration, md5, mix } = found
      return { uid, account, kind, filename, size, duration, md5, mix, url: urlOf(found) }
    }),
  }
}

/** The status of the service's own refusals. */
export function asApiError(error: unknown): unknown {
  if (!(error instanceof Refusal)) return error
  if (error.code === CODE.notFound) return new ApiError(404, 'not-found', error.message)
  return error.code === CODE.conflict ? new ApiError(409, 'conflict', error.message) : error
}
