import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { CALLBACK_ID_HEADER, verifyCallback } from '../callback/signature'
import type { HttpDeps } from './deps'
import { ApiError } from './errors'

export const DEMO_RECEIVER_PATH = '/demo/callback'
const MAX_BODY = 1024 * 1024
/** Maximum length kept of a rejected body, since anybody may send one. */
const REFUSED_KEPT = 4096

/** The channel number, as a string: in the body of event 5, in each file of event 6, and in each event's id. */
const number = z.coerce.number().int()
const callbackBody = z.object({
  eventType: z.coerce.string().max(32),
  channelId: number.optional(),
  fileinfo: z
    .string()
    .transform((text): unknown => json(text))
    .pipe(z.array(z.object({ channelid: number })))
    .optional(),
})

const callbackIdOf = (headers: IncomingHttpHeaders): string | null => {
  const id = headers[CALLBACK_ID_HEADER.toLowerCase()]
  return typeof id === 'string' && /^\d{1,16}-[\w-]{1,40}$/.test(id) ? id : null
}

/** `POST /demo/callback`: a minimal app server. Verifies, stores and answers callbacks; duplicates are stored once. */
export function demoReceiver(app: FastifyInstance, { store, timeline, credentials }: HttpDeps): void {
  void app.register((scope, _, done) => {
    // The signature covers the raw bytes.
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MAX_BODY }, (_request, body, parsed) =>
      parsed(null, body),
    )

    scope.post(DEMO_RECEIVER_PATH, { bodyLimit: MAX_BODY }, (request) => {
      const raw = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
      const body = raw.toString()
      const verdict = verifyCallback(request.headers, raw, credentials)
      const content = callbackBody.safeParse(json(body)).data
      const problem = !verdict.valid ? verdict.problem : content ? null : 'the body is not a callback'
      const callbackId = callbackIdOf(request.headers)
      if (problem === null && callbackId !== null && store.hasReceived(callbackId)) return { code: 200 }
      const named = callbackId === null ? null : parseInt(callbackId, 10)
      const cid = content?.channelId ?? content?.fileinfo?.[0]?.channelid ?? (problem === null ? named : null)
      const eventType = content?.eventType ?? ''
      const kept = problem === null ? body : body.slice(0, REFUSED_KEPT)
      const valid = problem === null
      store.insertReceived({ receivedAt: Date.now(), eventType, cid, callbackId, valid, problem, body: kept })
      if (problem !== null) {
        timeline.add('callback', 'refused', {}, { problem })
        throw new ApiError(403, 'bad-callback', `Not accepted: ${problem}`)
      }
      timeline.add('callback', 'received', cid === null ? {} : { cid }, { eventType, signature: 'valid' })
      return { code: 200 }
    })
    done()
  })
}

function json(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return value
  } catch {
    return undefined
  }
}
