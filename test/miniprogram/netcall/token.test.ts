/** @jest-environment node */
import { SIGNAL_CLOSE } from '../../../miniprogram/netcall/protocol'
import { elapse, elapseUntil } from '../../support/elapse'
import { until } from '../../support/until'
import { installWxSocket } from '../../support/wx-socket'
import { answerCall, useFixture } from './fixture'

installWxSocket()
const fixture = useFixture()

/** From now on the service accepts only this token; connections stay. */
function acceptOnly(token: string): void {
  const { service } = fixture()
  service.greet = (side, link) => {
    if (side === 'gateway' || service.tokens.at(-1) === token) return false
    link.close(SIGNAL_CLOSE.unauthorized, 'token: expired')
    return true
  }
}
/** Counts `tokenExpiring`; ends are recorded. */
function watch(): { expiring: number; down: string[]; up: number } {
  const seen = { expiring: 0, down: [] as string[], up: 0 }
  const { im } = fixture()
  im.on('tokenExpiring', () => seen.expiring++)
  im.on('disconnect', ({ reason }) => seen.down.push(reason))
  im.on('connect', () => seen.up++)
  return seen
}
const expiresIn = (ms: number): string => `alice.${(Date.now() + ms).toString(36)}.signature`

describe('a token that expires', () => {
  test('is announced after half of its life; a minute before the end if that is longer', async () => {
    const { im } = fixture()
    const seen = watch()
    im.renew(expiresIn(4_000))
    await elapse(1_999)
    expect(seen.expiring).toBe(0)
    await elapse(1)
    expect(seen.expiring).toBe(1)
    im.renew(expiresIn(123_000))
    await elapse(62_999)
    expect(seen.expiring).toBe(1)
    await elapse(1)
    expect(seen.expiring).toBe(2)
    // Longer than a timer can run.
    im.renew(expiresIn(40 * 86_400_000))
    await elapse(1_000)
    expect(seen.expiring).toBe(2)
  })

  test('is replaced during a call, which continues', async () => {
    const fix = fixture()
    const { service, im, heard } = fix
    await answerCall(fix)
    const seen = watch()
    im.on('tokenExpiring', () => {
      acceptOnly('new')
      im.renew('new')
    })
    acceptOnly('another')
    service.breakLinks('signal')
    await until(() => !im.connected, 'the break is noticed')
    await elapse(300)
    await until(() => im.connected, 'the connection with the new token')
    expect(service.tokens).toEqual(['token', 'token', 'new'])
    expect(im.options.token).toBe('new')
    expect(seen).toEqual({ expiring: 1, down: [], up: 1 })
    expect(service.linkCount('gateway')).toBe(1)
    expect(heard).not.toContain('disconnect')
  })

  test('ends the account 30 s after it was refused, and the call', async () => {
    const fix = fixture()
    await answerCall(fix)
    const { service, im, payloads } = fix
    const seen = watch()
    acceptOnly('new')
    service.breakLinks('signal')
    await until(() => !im.connected, 'the break is noticed')
    const lostAt = Date.now()
    await elapseUntil(() => seen.down.length > 0, 'the end')
    expect(Date.now() - lostAt).toBeGreaterThanOrEqual(30_000)
    expect(seen.expiring).toBeGreaterThan(1)
    expect(seen.down).toEqual(['unauthorized'])
    expect(payloads('disconnect')).toHaveLength(1)
  })
})

test('a connection that the service closes when its token expires continues with the newer one', async () => {
  const { service, im } = fixture()
  const seen = watch()
  im.renew('new')
  acceptOnly('new')
  service.closeLinks('signal', SIGNAL_CLOSE.unauthorized, 'token: expired')
  await until(() => !im.connected, 'the close is noticed')
  await elapse(300)
  await until(() => im.connected, 'the connection with the new token')
  expect(seen).toEqual({ expiring: 0, down: [], up: 1 })
  expect(service.dialled.signal).toBe(2)
})

test('a new token that is refused, too, is announced like the old one', async () => {
  const { service, im } = fixture()
  const seen = watch()
  im.renew('wrong')
  acceptOnly('right')
  service.closeLinks('signal', SIGNAL_CLOSE.unauthorized, 'token: expired')
  await until(() => !im.connected, 'the close is noticed')
  await elapse(300)
  await until(() => seen.expiring === 1, 'the refusal')
  im.renew('right')
  await until(() => im.connected, 'the connection with the third token')
  expect(service.tokens).toEqual(['token', 'wrong', 'right'])
})

test('a missing token is an error', () => {
  expect(() => fixture().im.renew('')).toThrow(expect.objectContaining({ reason: 'invalid-argument', field: 'token' }))
})
