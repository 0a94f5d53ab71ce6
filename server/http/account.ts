import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Tokens } from '../tokens'
import { ApiError } from './errors'

const tokenQuery = z.object({ token: z.string().optional() })

/** The request's account, by `Authorization: Bearer …` or `?token=…`. Throws 401. */
export function accountOf(request: FastifyRequest, tokens: Tokens): string {
  const bearer = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1]
  const token = bearer ?? tokenQuery.safeParse(request.query).data?.token
  if (!token) {
    throw new ApiError(401, 'unauthorized', 'Sign in first: send the account’s token as "Authorization: Bearer …"')
  }
  const account = tokens.accountOf(token)
  if (account === null) throw new ApiError(401, 'unauthorized', 'The token is invalid or has expired: sign in again')
  return account
}
