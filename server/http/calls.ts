import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { ApiCall, ApiCalls, ApiDeletion, ApiRecordings } from '../../miniprogram/netcall/http-api'
import type { CallRow } from '../store/types'
import type { HttpDeps } from './deps'
import { ApiError, parseInput } from './errors'
import { Views } from './views'
import { accountOf } from './account'

const listQuery = z.object({
  limit: z
    .string()
    .regex(/^\d{1,4}$/, 'not a whole number')
    .transform(Number)
    .pipe(z.number().min(1, 'below 1').max(200, 'above 200'))
    .default(50),
})
export const cidParams = z.object({
  cid: z
    .string()
    .regex(/^\d{1,16}$/, 'not a call number')
    .transform(Number),
})

/** `/api/calls`, `/api/calls/:cid`, `/api/recordings`: an account's calls and their files. */
export function callRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const { store, tokens, fileUrls } = deps
  const views = new Views(store, fileUrls, (cid) => deps.mixProgress(cid))

  /** Also 404 for others' calls and for calls that the account deleted: the answer does not reveal whether they exist. */
  const ownCall = (params: unknown, account: string): CallRow => {
    const { cid } = parseInput(cidParams, params)
    const call = store.call(cid)
    const mine = store.members(cid).some((member) => member.account === account) && !store.hasDeleted(cid, account)
    if (!call || !mine) {
      throw new ApiError(404, 'not-found', `There is no call ${cid} of yours`)
    }
    return call
  }

  app.get('/api/calls', (request): ApiCalls => {
    const account = accountOf(request, tokens)
    const { limit } = parseInput(listQuery, request.query)
    return { calls: store.calls({ account, limit }).map((call) => views.call(call, account)) }
  })

  app.get('/api/calls/:cid', (request): ApiCall => {
    const account = accountOf(request, tokens)
    return views.call(ownCall(request.params, account), account)
  })

  app.delete('/api/calls/:cid', (request): ApiDeletion => {
    const account = accountOf(request, tokens)
    const { cid, endedAt } = ownCall(request.params, account)
    if (endedAt === null) throw new ApiError(409, 'call-not-over', `Call ${cid} has not ended yet: hang up first`)
    store.deleteFor(cid, account)
    deps.callDeleted()
    return { cid }
  })

  app.get('/api/recordings', (request): ApiRecordings => {
    const account = accountOf(request, tokens)
    const { limit } = parseInput(listQuery, request.query)
    return { recordings: store.files({ account, limit }).map((file) => views.file(file, account)) }
  })

  app.post('/api/calls/:cid/callback', (request, reply): ApiCall => {
    const account = accountOf(request, tokens)
    const call = ownCall(request.params, account)
    if (!deps.resendCallbacks(call.cid)) {
      throw new ApiError(409, 'nothing-to-send', `Call ${call.cid} has no unsent callbacks`)
    }
    void reply.code(202)
    return views.call(call, account)
  })
}
