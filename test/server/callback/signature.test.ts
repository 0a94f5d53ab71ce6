import { createHash, createHmac } from 'node:crypto'
import { signCallback, verifyCallback } from '../../../server/callback/signature'

const app = { appKey: 'my-app', appSecret: 'my-secret' }
const body = JSON.stringify({ eventType: '5', channelId: 7, ext: '通话' })
const now = 1_763_830_000_000
const hex = (algorithm: string, text: string) => createHash(algorithm).update(text, 'utf8').digest('hex')

/** As a receiver gets them: lower-case names. */
const received = (headers = signCallback({ callbackId: '7-a', body }, app, now)): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))

describe('the signature of a callback', () => {
  it("equals the contract's formula, computed independently", () => {
    const headers = signCallback({ callbackId: '7-a', body }, app, now)
    expect(headers).toEqual({
      'Content-Type': 'application/json',
      AppKey: 'my-app',
      CurTime: '1763830000000',
      MD5: hex('md5', body),
      CheckSum: hex('sha1', `my-secret${hex('md5', body)}1763830000000`),
      'X-Callback-Id': '7-a',
      'X-Callback-Signature': createHmac('sha256', 'my-secret')
        .update(`7-a${hex('md5', body)}1763830000000`)
        .digest('hex'),
    })
  })

  it('is valid for the unmodified body, as text or bytes', () => {
    expect(verifyCallback(received(), body, app, now)).toEqual({ valid: true })
    expect(verifyCallback(received(), Buffer.from(body), app, now)).toEqual({ valid: true })
  })

  it.each([
    ['another key', { appKey: 'other' }, body, 0, 'AppKey'],
    ['another secret', { appSecret: 'other' }, body, 0, 'CheckSum'],
    ['a changed body', {}, `${body} `, 0, 'MD5'],
    ['an old time', {}, body, 301_000, 'CurTime'],
    ['a time to come', {}, body, -301_000, 'CurTime'],
  ])('is invalid for %s', (_, change, text, later, named) => {
    const verdict = verifyCallback(received(), text, { ...app, ...change }, now + later)
    expect(verdict).toEqual({ valid: false, problem: expect.stringContaining(named) })
  })

  it.each(['AppKey', 'CurTime', 'MD5', 'CheckSum', 'X-Callback-Id', 'X-Callback-Signature'])(
    'is refused without %s, or with it changed',
    (name) => {
      const headers = received()
      delete headers[name.toLowerCase()]
      expect(verifyCallback(headers, body, app, now)).toEqual({
        valid: false,
        problem: `the header ${name} is missing`,
      })
      expect(verifyCallback({ ...received(), [name.toLowerCase()]: '1' }, body, app, now).valid).toBe(false)
    },
  )
})
