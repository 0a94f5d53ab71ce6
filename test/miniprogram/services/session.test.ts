/** @jest-environment node */
import { CallController } from '../../../miniprogram/call/controller'
import type { ProviderConfig } from '../../../miniprogram/netcall/config'
import { NetcallError } from '../../../miniprogram/netcall/errors'
import { Session } from '../../../miniprogram/services/session'
import { DEFAULT_SETTINGS } from '../../../miniprogram/services/settings'
import { FakeIm, FakeNetcall } from '../../support/fake-netcall'
import { resetWx, store } from '../../support/fake-wx'

const SERVICE = 'http://127.0.0.1:8360'
let im: FakeIm
let makeNetcall: () => FakeNetcall
let checkYunxin: () => Promise<void>
/** Requests for providers. */
let made: ProviderConfig[]
jest.mock('../../../miniprogram/netcall/create', () => ({
  createProvider: async (config: ProviderConfig) => {
    made.push(config)
    return { im, netcall: makeNetcall() }
  },
  checkYunxin: () => checkYunxin(),
}))

interface Requested {
  url: string
  success: (result: { statusCode: number; data: unknown }) => void
  fail: (result: { errMsg: string }) => void
}
type Answer = (request: Requested) => void
const TOKEN: Answer = ({ success }) => success({ statusCode: 200, data: { token: 'secret' } })

function setUp(answer: Answer = TOKEN) {
  const request = jest.fn(answer)
  Object.assign(wx, { request })
  im = new FakeIm('alice')
  const call = new CallController({ settings: () => DEFAULT_SETTINGS })
  return { session: new Session(call), call, request }
}

beforeEach(() => {
  Object.assign(globalThis, { wx: {} })
  resetWx()
  made = []
  makeNetcall = () => new FakeNetcall()
  checkYunxin = async () => {}
})

test('signing in fetches a token, connects, and is stored', async () => {
  const { session, request } = setUp()
  im.contacts = () =>
    Promise.resolve([
      { account: 'bob', online: false },
      { account: 'carol', online: true },
    ])
  await session.signIn(' alice ', `${SERVICE}/`)
  expect(request.mock.calls[0]?.[0]).toMatchObject({ url: `${SERVICE}/api/tokens`, data: { account: 'alice' } })
  expect(session.state).toEqual({ phase: 'signed-in', account: 'alice', service: SERVICE, online: true })
  expect(session.contacts.map(({ account }) => account)).toEqual(['carol', 'bob'])
  expect(session.remembered()).toMatchObject({
    provider: 'local',
    account: 'alice',
    service: SERVICE,
    accounts: ['alice'],
  })
})

test("a token from the app's own server is used without requesting one", async () => {
  const { session, request } = setUp()
  await session.signIn('alice', SERVICE, { token: 'from my server' })
  expect(request).not.toHaveBeenCalled()
  expect(made).toEqual([{ provider: 'local', service: SERVICE, account: 'alice', token: 'from my server' }])
  expect(session.state).toMatchObject({ phase: 'signed-in', account: 'alice' })
  expect(session.remembered()).toMatchObject({ provider: 'local', account: 'alice', token: '' })
})

test.each([
  ['', SERVICE, 'invalid-account'],
  ['a b', SERVICE, 'invalid-account'],
  ['a'.repeat(33), SERVICE, 'invalid-account'],
  ['alice', 'ftp://x', 'invalid-service'],
  ['alice', 'http://x/path', 'invalid-service'],
  ['alice', '', 'invalid-service'],
])('account "%s" at "%s" is %s, without a request', async (account, service, reason) => {
  const { session, request } = setUp()
  await session.signIn(account, service)
  expect(session.state).toMatchObject({ phase: 'signed-out', problem: { reason } })
  expect(request).not.toHaveBeenCalled()
})

test.each<[string, Answer, string]>([
  ['no service', ({ fail }) => fail({ errMsg: 'request:fail' }), 'unreachable'],
  [
    'a refusal',
    ({ success }) => success({ statusCode: 403, data: { error: { message: 'development tokens are off' } } }),
    'refused',
  ],
  ['an answer without a token', ({ success }) => success({ statusCode: 200, data: {} }), 'refused'],
])('%s is reported as a problem', async (_name, answer, reason) => {
  const { session } = setUp(answer)
  await session.signIn('alice', SERVICE)
  expect(session.state).toMatchObject({ phase: 'signed-out', problem: { reason } })
})

test('a failed connection is reported as a problem', async () => {
  const { session } = setUp()
  im.connect = () => Promise.reject(new NetcallError('timeout', 'no answer'))
  await session.signIn('alice', SERVICE)
  expect(session.state).toMatchObject({ phase: 'signed-out', problem: { reason: 'unreachable', detail: 'no answer' } })
  expect(im.listenerCount()).toBe(0)
})

test('calls use the signed-in account until sign-out', async () => {
  setUp()
  const controller = { attach: jest.fn(), detach: jest.fn() }
  const session = new Session(controller)
  await session.signIn('alice', SERVICE)
  expect(controller.attach).toHaveBeenCalledWith(expect.any(FakeNetcall), im)
  const before = controller.detach.mock.calls.length
  session.signOut()
  expect(controller.detach).toHaveBeenCalledTimes(before + 1)
})

test('presence updates the contacts, online ones first', async () => {
  const { session } = setUp()
  await session.signIn('alice', SERVICE)
  const seen: string[] = []
  session.onContacts((contacts) =>
    seen.push(contacts.map(({ account, online }) => `${account}${online ? '+' : '-'}`).join()),
  )
  im.fire('presence', { account: 'bob', online: false })
  im.fire('presence', { account: 'carol', online: true })
  im.fire('presence', { account: 'bob', online: true })
  expect(seen).toEqual(['bob-', 'carol+,bob-', 'bob+,carol+'])
})

test('a lost connection is shown; being kicked signs out with the reason', async () => {
  const { session } = setUp()
  await session.signIn('alice', SERVICE)
  im.fire('willreconnect', { count: 1 })
  expect(session.state).toMatchObject({ online: false })
  im.fire('connect', { reconnected: true })
  expect(session.state).toMatchObject({ online: true })
  im.fire('disconnect', { reason: 'kicked', message: 'elsewhere' })
  expect(session.state).toMatchObject({ phase: 'signed-out', problem: { reason: 'kicked', detail: 'elsewhere' } })
})

test('being kicked in a call ends it with the reason, before the account is gone', async () => {
  const { session, call } = setUp()
  const netcall = new FakeNetcall()
  makeNetcall = () => {
    im.on('disconnect', ({ message }) => netcall.emit('disconnect', { code: 405, desc: message }))
    return netcall
  }
  await session.signIn('alice', SERVICE)
  const ends: unknown[] = []
  call.subscribe((state) => {
    if (state.phase === 'ended') ends.push([state.reason, session.state.phase])
  })
  netcall.emit('beCalling', { caller: 'bob', cid: 4, type: 1 })
  call.accept()
  im.fire('disconnect', { reason: 'kicked', message: 'more than 8 devices' })
  expect(ends).toEqual([['kicked', 'signed-in']])
  expect(session.state).toMatchObject({ phase: 'signed-out', problem: { reason: 'kicked' } })
})

test('signing out keeps only the list of used accounts', async () => {
  const { session } = setUp()
  await session.signIn('alice', SERVICE)
  session.signOut()
  expect(session.state).toEqual({ phase: 'signed-out', problem: null })
  expect(im.listenerCount()).toBe(0)
  expect(session.remembered()).toMatchObject({ account: '', service: SERVICE, accounts: ['alice'] })
})

test('a late result of an older sign-in is ignored', async () => {
  const waiting: Requested[] = []
  const { session } = setUp((request) => waiting.push(request))
  const first = session.signIn('alice', SERVICE)
  const second = session.signIn('bob', SERVICE)
  waiting[1]?.fail({ errMsg: 'request:fail' })
  await second
  waiting[0]?.success({ statusCode: 200, data: { token: 'late' } })
  await first
  expect(session.state).toMatchObject({ phase: 'signed-out', problem: { reason: 'unreachable' } })
})

test('invalid storage is ignored', () => {
  store('netcall:session', { account: 7, accounts: ['a', 1], service: null })
  const { session } = setUp()
  expect(session.remembered()).toEqual({
    provider: 'local',
    account: '',
    service: SERVICE,
    accounts: ['a'],
    appKey: '',
    token: '',
  })
})

describe("at NetEase's service", () => {
  const ACCESS = { appKey: 'key', token: '' }

  test('is not loaded for the local service', async () => {
    const { session } = setUp()
    const load = jest.fn(async () => {})
    checkYunxin = load
    expect(await session.problemWith('local')).toBeNull()
    await session.signIn('alice', SERVICE)
    expect(session.state).toMatchObject({ phase: 'signed-in' })
    expect(load).not.toHaveBeenCalled()
  })

  test('can be the default in config.ts', () => {
    jest.isolateModules(() => {
      jest.doMock('../../../miniprogram/config', () => ({ DEFAULT_PROVIDER: 'yunxin', DEFAULT_SERVICE: SERVICE }))
      const { Session: Configured }: { Session: typeof Session } = require('../../../miniprogram/services/session')
      expect(new Configured({ attach: jest.fn(), detach: jest.fn() }).remembered()).toMatchObject({
        provider: 'yunxin',
        service: SERVICE,
      })
    })
  })

  test("gets the token from the app's server, and stores everything", async () => {
    const { session, request } = setUp()
    await session.signIn('Alice', SERVICE, ACCESS)
    expect(request.mock.calls[0]?.[0]).toMatchObject({ url: `${SERVICE}/api/tokens`, data: { account: 'alice' } })
    expect(session.state).toMatchObject({ phase: 'signed-in', account: 'alice' })
    expect(session.remembered()).toMatchObject({ provider: 'yunxin', account: 'alice', service: SERVICE, ...ACCESS })
    session.signOut()
    expect(session.remembered()).toMatchObject({ provider: 'yunxin', account: '', token: '', appKey: 'key' })
  })

  test('needs no server with a token', async () => {
    const { session, request } = setUp()
    await session.signIn('alice', '', { appKey: 'key', token: 'mine' })
    expect(session.state).toMatchObject({ phase: 'signed-in' })
    expect(request).not.toHaveBeenCalled()
  })

  test.each([
    ['a b', SERVICE, ACCESS, 'invalid-account'],
    ['alice@app.x', SERVICE, { appKey: '', token: '' }, 'invalid-app-key'],
    ['alice', '', ACCESS, 'invalid-service'],
  ])('%s at "%s" with %j: %s', async (account, service, access, reason) => {
    const { session } = setUp()
    await session.signIn(account, service, access)
    expect(session.state).toMatchObject({ phase: 'signed-out', problem: { reason } })
  })

  test('without the SDK reports that before requesting a token', async () => {
    const { session, request } = setUp()
    checkYunxin = () => Promise.reject(new NetcallError('not-installed', 'netcall SDK: no such file'))
    const problem = { reason: 'not-installed', detail: 'netcall SDK: no such file' }
    expect(await session.problemWith('yunxin')).toEqual(problem)
    expect(await session.problemWith('local')).toBeNull()
    await session.signIn('alice', SERVICE, ACCESS)
    expect(session.state).toEqual({ phase: 'signed-out', problem })
    expect(request).not.toHaveBeenCalled()
  })
})

describe('a new token', () => {
  let signedIn: Session
  afterEach(() => signedIn.signOut())

  /** Signed in with a call, and everything that the session and the call said since. */
  async function inCall(given: { token: string } | null = null) {
    const parts = setUp()
    signedIn = parts.session
    const netcall = new FakeNetcall()
    makeNetcall = () => netcall
    await parts.session.signIn('alice', SERVICE, given)
    netcall.emit('beCalling', { caller: 'bob', cid: 4, type: 1 })
    const said: string[] = []
    parts.session.subscribe(({ phase }) => said.push(phase))
    parts.call.subscribe(({ phase }) => said.push(phase))
    return { ...parts, said }
  }

  test('for the same account replaces the old one: nothing ends', async () => {
    const { session, said, request } = await inCall({ token: 'first' })
    await session.signIn(' alice', `${SERVICE}/`, { token: 'second' })
    session.renew('third')
    expect(im.renewed).toEqual(['second', 'third'])
    expect([said, made.length, request.mock.calls.length]).toEqual([[], 1, 0])
  })

  test('for the same account is requested if none is given', async () => {
    const { session, said } = await inCall()
    await session.signIn('alice', SERVICE)
    expect([im.renewed, said]).toEqual([['secret'], []])
  })

  test('that cannot be requested leaves the account signed in', async () => {
    jest.spyOn(console, 'warn').mockImplementation(() => {})
    const { session, said, request } = await inCall()
    request.mockImplementation(({ fail }) => fail({ errMsg: 'request:fail' }))
    await session.signIn('alice', SERVICE)
    expect([im.renewed, said]).toEqual([[], []])
  })

  test('another account ends the call', async () => {
    const { session, said } = await inCall()
    await session.signIn('bob', SERVICE)
    expect(said).toContain('ended')
    expect(im.renewed).toEqual([])
  })

  test('is asked of the app when the old one expires, or requested if the session requested the old one', async () => {
    const { session, request } = await inCall()
    im.fire('tokenExpiring', {})
    await new Promise((resolve) => setImmediate(resolve))
    expect(im.renewed).toEqual(['secret'])
    const asked: string[] = []
    session.onTokenExpiring((account) => asked.push(account))
    im.fire('tokenExpiring', {})
    await new Promise((resolve) => setImmediate(resolve))
    expect([asked, request.mock.calls.length, im.renewed.length]).toEqual([['alice'], 2, 1])
  })

  test('is not requested by itself if the app gave the old one', async () => {
    const { request } = await inCall({ token: 'first' })
    im.fire('tokenExpiring', {})
    await new Promise((resolve) => setImmediate(resolve))
    expect([im.renewed, request.mock.calls.length]).toEqual([[], 0])
  })
})

const full = (): never => {
  throw new Error('full')
}
test('a storage that throws does not sign out', async () => {
  jest.spyOn(console, 'warn').mockImplementation(() => {})
  const { session } = setUp()
  Object.assign(wx, { getStorageSync: full, setStorageSync: full })
  await session.signIn('alice', SERVICE)
  expect(session.state).toMatchObject({ phase: 'signed-in' })
})
