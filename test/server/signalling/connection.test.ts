import { once } from 'node:events'
import { WebSocket } from 'ws'
import { z } from 'zod'
import { EXPIRY_CHECK, SIGNAL_RULES } from '../../../server/signalling/signalling'
import { ringUp, startCallService, TOKEN_LIFETIME, tokenOf, type CallService } from '../../support/call-service'
import { advance, controlClock } from '../../support/clock'
import { SignalClient } from '../../support/signal-client'
import { until } from '../../support/until'

let service: CallService
beforeEach(async () => {
  controlClock()
  service = await startCallService()
})
afterEach(() => service.close())

test.each([
  ['no token', 'alice', '', 4401, /^token: /],
  ['a forged token', 'alice', 'nonsense', 4401, /^token: .*"alice"/],
  ['another account’s token', 'alice', tokenOf('bob'), 4401, /^token: .*"alice"/],
  ['no account', '', tokenOf(''), 4400, /^account: /],
  ['an account with odd characters', 'al ice', tokenOf('al ice'), 4400, /^account: /],
  ['an account that is too long', 'a'.repeat(33), tokenOf('a'.repeat(33)), 4400, /^account: /],
])('%s: accepted to send the reason, then closed', async (_, account, token, code, reason) => {
  const client = service.kept(new SignalClient(service.base, account, token))
  const end = await client.closed
  expect(end).toEqual({ code, reason: expect.stringMatching(reason) })
  expect(end.reason).not.toContain('secret-of')
  expect(service.signalling.deviceCount).toBe(0)
})

test('an invalid Host header is refused', async () => {
  const headers = { Host: 'a b"/x' }
  const client = service.kept(new SignalClient(service.base, 'alice', tokenOf('alice'), headers))
  expect(await client.closed).toEqual({ code: 4400, reason: expect.stringMatching(/^Host: /) })
})

test("the gateway's URL has the host that the client used, also behind TLS", async () => {
  const headers = { Host: 'calls.example.org:8443', 'X-Forwarded-Proto': 'https' }
  const alice = service.kept(new SignalClient(service.base, 'alice', tokenOf('alice'), headers))
  await alice.next('welcome')
  await alice.request('createChannel', { channelName: 'room', custom: '', webrtcEnable: true })
  const { serverMap } = await alice.request('joinChannel', { channelName: 'room' })
  expect(JSON.parse(String(serverMap))).toEqual({
    wechatapparray: [expect.stringMatching(/^calls\.example\.org:8443\/gateway\/[\w.-]+$/)],
    scheme: 'wss',
  })
})

test('other paths and odd targets are not handled', async () => {
  for (const path of ['/signals', '//', '/signal/x']) {
    const client = service.kept(new SignalClient(`${service.base}${path}?`, 'alice', tokenOf('alice')))
    expect((await client.closed).code).toBe(1006)
  }
  await service.device('alice')
})

test('contacts and presence: first device on, last device off, also for new accounts', async () => {
  const alice = await service.device('alice')
  expect(await alice.request('listContacts', {})).toEqual({ contacts: [], more: false })
  const phone = await service.device('bob')
  expect(await alice.next('presence')).toEqual({ account: 'bob', online: true })
  const tablet = await service.device('bob')
  await phone.close()
  expect(await alice.untaken('presence')).toEqual([])
  expect(await alice.request('listContacts', {})).toEqual({ contacts: [{ account: 'bob', online: true }], more: false })
  await tablet.close()
  expect(await alice.next('presence')).toEqual({ account: 'bob', online: false })
  expect(await alice.request('listContacts', {})).toEqual({
    contacts: [{ account: 'bob', online: false }],
    more: false,
  })
})

test('contacts are paged, with presence of listed ones only', async () => {
  for (let number = 100; number < 250; number++) service.uidOf(`user-${number}`)
  const alice = await service.device('alice')
  const idle = await service.device('idle')
  const { contacts, more } = await alice.request('listContacts', {})
  const first = z.array(z.object({ account: z.string(), online: z.boolean() })).parse(contacts)
  // Alice is on the page, but not a contact of her own.
  expect([first.length, first[0], more]).toEqual([99, { account: 'idle', online: true }, true])
  const last = first.at(-1)?.account ?? ''
  await service.device(last)
  expect(await alice.next('presence')).toEqual({ account: last, online: true })
  await service.device('user-249')
  const page = await alice.request('listContacts', { after: last })
  expect(page['contacts']).toHaveLength(52)
  expect(page).toMatchObject({ more: false })
  expect(await alice.untaken('presence')).toEqual([])
  await service.device('zoe')
  expect(await alice.next('presence')).toEqual({ account: 'zoe', online: true })
  expect(await idle.untaken('presence')).toEqual([])
})

test('without contacts no account and no presence is shown', async () => {
  await service.close()
  service = await startCallService({ contacts: false })
  const [alice, bob] = [await service.device('alice'), await service.device('bob')]
  expect(await alice.request('listContacts', {})).toEqual({ contacts: [], more: false })
  await service.device('carol')
  expect(await alice.untaken('presence')).toEqual([])
  await ringUp(alice, 'bob')
  expect(await bob.next('beCalled')).toMatchObject({ account: 'alice' })
})

test('an account exists once it has signed in, not by being called', async () => {
  const alice = await service.device('alice')
  for (const forceKeepCalling of [false, true]) {
    const call = { type: 2, accounts: ['nobody-yet'], pushConfig: { forceKeepCalling }, webrtcEnable: true }
    expect(await alice.ask('initNetcall', call)).toMatchObject({ code: 11001 })
  }
  expect(await alice.request('listContacts', {})).toEqual({ contacts: [], more: false })
})

test('a connection ends with its token, and for an account in a call, after the call', async () => {
  const { a, b, cid } = await service.answeredCall('alice', 'bob')
  for (const account of ['alice', 'bob']) await service.session(account, cid)
  const idle = await service.device('carol')
  await service.pass(TOKEN_LIFETIME)
  const fresh = await service.device('dave')
  await service.pass(EXPIRY_CHECK)
  expect(await idle.closed).toEqual({ code: 4401, reason: 'token: expired; sign in again' })
  expect([a.isOpen, b.isOpen, fresh.isOpen]).toEqual([true, true, true])
  await a.request('hangup', { channelId: cid })
  await service.pass(EXPIRY_CHECK)
  for (const device of [a, b]) expect(await device.closed).toMatchObject({ code: 4401 })
  expect(fresh.isOpen).toBe(true)
})

test('no connection is accepted while closing', async () => {
  const slow = new WebSocket(
    `${service.base}/signal?${new URLSearchParams({ account: 'alice', token: tokenOf('alice') })}`,
  )
  await once(slow, 'open')
  // Does not answer the close frame, so that closing has to wait.
  slow.pause()
  const closing = service.signalling.close()
  const late = service.kept(new SignalClient(service.base, 'bob', tokenOf('bob')))
  expect((await late.closed).code).toBe(1006)
  expect(service.signalling.isOnline('bob')).toBe(false)
  let closed = false
  void closing.then(() => (closed = true))
  await advance(999)
  expect(closed).toBe(false)
  await advance(1)
  await closing
  expect(service.signalling.deviceCount).toBe(0)
  slow.terminate()
})

test('custom messages reach every device of the recipient only', async () => {
  const alice = await service.device('alice')
  const bobs = [await service.device('bob'), await service.device('bob')]
  const carol = await service.device('carol')
  const content = JSON.stringify({ channelName: 'team', members: ['bob'] })
  await alice.request('sendMessage', { to: 'bob', content })
  for (const bob of bobs)
    expect(await bob.next('message')).toEqual({ from: 'alice', content, timetag: expect.any(Number) })
  expect(await carol.untaken('message')).toEqual([])
  expect(await alice.ask('sendMessage', { to: 'dave', content })).toMatchObject({
    code: 11001,
    message: expect.stringMatching(/^to: /),
  })
  expect(JSON.stringify(service.timeline.recent())).not.toContain('channelName')
})

test('a silent connection is closed, one with heartbeats is kept', async () => {
  const silent = await service.device('alice')
  const beating = await service.device('bob')
  await service.pass(SIGNAL_RULES.silence - 1, silent)
  expect(service.signalling.deviceCount).toBe(2)
  await service.pass(1, silent)
  expect(await silent.closed).toEqual({ code: 4408, reason: expect.stringContaining('heartbeat') })
  expect(await beating.request('heartbeat', {})).toEqual({ timetag: expect.any(Number) })
})

test('too many requests close only that connection', async () => {
  const alice = await service.device('alice')
  const bob = await service.device('bob')
  const answered = () => alice.left(({ code }) => code === 400).length
  const { framesPerSecond } = SIGNAL_RULES
  for (let n = 0; n < framesPerSecond; n++) alice.sendText('{}')
  await until(() => answered() === framesPerSecond, 'a second’s worth of answers')
  // However long the pause was, at most a second's worth may come at once.
  await advance(5_000)
  for (let n = 0; n <= framesPerSecond; n++) alice.sendText('{}')
  expect((await alice.closed).code).toBe(1008)
  expect(answered()).toBe(2 * framesPerSecond)
  await bob.request('heartbeat', {})
})

test('a frame above 64 KB closes only that connection', async () => {
  const alice = await service.device('alice')
  const bob = await service.device('bob')
  alice.sendText('x'.repeat(64 * 1024 + 1))
  expect((await alice.closed).code).toBe(1009)
  await bob.request('heartbeat', {})
})

test('too many devices: the oldest is kicked with the reason', async () => {
  const oldest = await service.device('alice')
  for (let n = 0; n < 8; n++) await service.device('alice')
  expect(await oldest.next('kicked')).toEqual({ reason: expect.stringContaining('devices') })
  expect((await oldest.closed).code).toBe(4403)
  expect(service.signalling.deviceCount).toBe(8)
})

test('closing the service closes every connection', async () => {
  const alice = await service.device('alice')
  await service.signalling.close()
  expect((await alice.closed).code).toBe(1001)
})
