import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

/** The app's credentials, shared by the service and the app's server. */
export interface AppCredentials {
  appKey: string
  appSecret: string
}

/** Maximum difference between a callback's CurTime and the receiver's clock, ms. */
const CLOCK_TOLERANCE = 5 * 60_000

/** The event's own id, the same at each attempt, so that the receiver can drop duplicates. Not part of NetEase's contract. */
export const CALLBACK_ID_HEADER = 'X-Callback-Id'
/** Signs the id, which CheckSum does not cover: an intercepted callback cannot be replayed under another id. */
const CALLBACK_SIGNATURE_HEADER = 'X-Callback-Signature'

/**
 * The headers of a callback. CheckSum is lowercase hex SHA1(appSecret + MD5 + CurTime), as NetEase's service sends it, the signature
 * lowercase hex HMAC-SHA256 of id + MD5 + CurTime by appSecret.
 */
export function signCallback(
  { callbackId, body }: { callbackId: string; body: string },
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
    [CALLBACK_ID_HEADER]: callbackId,
    [CALLBACK_SIGNATURE_HEADER]: idSignature(appSecret, callbackId, md5, curTime),
  }
}

type CallbackVerdict = { valid: true } | { valid: false; problem: string }

/**
 * Whether a callback is authentic, unmodified and fresh. For the app's server.
 * @param rawBody the body as received, before any parsing
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
  for (const name of ['AppKey', 'CurTime', 'MD5', 'CheckSum', CALLBACK_ID_HEADER, CALLBACK_SIGNATURE_HEADER]) {
    if (!header(name)) return problem(`the header ${name} is missing`)
  }
  if (header('AppKey') !== appKey) return problem('AppKey is not this app’s')
  const md5 = createHash('md5').update(rawBody).digest('hex')
  if (header('MD5').toLowerCase() !== md5) return problem('MD5 is not that of the body')
  const curTime = header('CurTime')
  if (!isSame(header('CheckSum'), checkSum(appSecret, header('MD5'), curTime))) {
    return problem('CheckSum is not SHA1(appSecret + MD5 + CurTime)')
  }
  const expected = idSignature(appSecret, header(CALLBACK_ID_HEADER), header('MD5'), curTime)
  if (!isSame(header(CALLBACK_SIGNATURE_HEADER), expected)) {
    return problem(`${CALLBACK_SIGNATURE_HEADER} is not that of ${CALLBACK_ID_HEADER}`)
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

function idSignature(appSecret: string, id: string, md5: string, curTime: string): string {
  return createHmac('sha256', appSecret)
    .update(id + md5 + curTime)
    .digest('hex')
}

function isSame(given: string, expected: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(expected)]
  return one.length === other.length && timingSafeEqual(one, other)
}
