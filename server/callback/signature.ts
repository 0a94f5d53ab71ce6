import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

/** The app's credentials, shared by the service and the app's server. */
export interface AppCredentials {
  appKey: string
  appSecret: string
}

/** How far a callback's CurTime may be from the receiver's clock, ms. */
export const CLOCK_TOLERANCE = 5 * 60_000

/** The headers of a callback: CheckSum = lowercase hex SHA1(appSecret + MD5 + CurTime). */
export function signCallback(
  body: string,
  { appKey, appSecret }: AppCredentials,
  now = Date.now(),
): Record<string, string> {
  const md5 = createHash('md5').update(body).digest('hex')
  const curTime = String(now)
  return {
    'Content-Type': 'application/json',
    AppKey: appKey,
    CurTime: curTime,
    MD5: md5,
    CheckSum: checkSum(appSecret, md5, curTime),
  }
}

export type CallbackVerdict = { valid: true } | { valid: false; problem: string }

/**
 * Whether a callback is the service's own, unchanged and fresh: what an app's server does before it believes one.
 * @param rawBody the body as it came, before any parsing
 */
export function verifyCallback(
  headers: IncomingHttpHeaders,
  rawBody: Buffer | string,
  { appKey, appSecret }: AppCredentials,
  now = Date.now(),
): CallbackVerdict {
  const header = (name: string): string => {
    const value = headers[name.toLowerCase()]
    return typeof value === 'string' ? value : ''
  }
  for (const name of ['AppKey', 'CurTime', 'MD5', 'CheckSum']) {
    if (!header(name)) return problem(`the header ${name} is missing`)
  }
  if (header('AppKey') !== appKey) return problem('AppKey is not this app’s')
  const md5 = createHash('md5').update(rawBody).digest('hex')
  if (header('MD5').toLowerCase() !== md5) return problem('MD5 is not that of the body')
  const curTime = header('CurTime')
  const expected = Buffer.from(checkSum(appSecret, header('MD5'), curTime))
  const given = Buffer.from(header('CheckSum'))
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    return problem('CheckSum is not SHA1(appSecret + MD5 + CurTime)')
  }
  if (!/^\d+$/.test(curTime) || Math.abs(Number(curTime) - now) > CLOCK_TOLERANCE) {
    return problem('CurTime is more than 5 minutes away from now')
  }
  return { valid: true }
}

function problem(text: string): CallbackVerdict {
  return { valid: false, problem: text }
}

function checkSum(appSecret: string, md5: string, curTime: string): string {
  return createHash('sha1')
    .update(appSecret + md5 + curTime)
    .digest('hex')
}
