import { createHmac } from 'node:crypto'
import { sameText } from '../../tokens'
import { ApiError } from '../errors'

/** Longest lifetime of a token, so that one that leaks is soon useless, ms. */
const LONGEST = 60 * 60_000
const FORM = /^Bearer server\.([0-9a-z]{1,11})\.([\w-]{43})$/i

/**
 * Throws 401 unless `authorization` has a token of the app's server: `server.<expires, ms, base 36>.<HMAC-SHA256 of "server <expires>" by
 * APP_SECRET, base64url>`, valid for an hour at most. Accounts' tokens are signed differently (`tokens.ts`).
 */
export function checkServerToken(authorization: string | undefined, appSecret: string | null): void {
  if (appSecret === null) throw unauthorized('The server API is off: set APP_SECRET')
  const [, expires = '', signature = ''] = FORM.exec(authorization ?? '') ?? []
  const expected = createHmac('sha256', appSecret).update(`server ${expires}`).digest('base64url')
  if (!sameText(signature, expected))
    throw unauthorized('The token is not one of the app’s server: see docs/server-api.md')
  const left = parseInt(expires, 36) - Date.now()
  if (left <= 0) throw unauthorized('The token has expired')
  if (left > LONGEST) throw unauthorized('The token is valid for more than an hour')
}

const unauthorized = (message: string): ApiError => new ApiError(401, 'unauthorized', message)
