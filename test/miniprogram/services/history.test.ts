/** @jest-environment node */
import { CallController } from '../../../miniprogram/call/controller'
import type { CallState } from '../../../miniprogram/call/state'
import { History, type PastCall } from '../../../miniprogram/services/history'
import type { SessionState } from '../../../miniprogram/services/session'
import { DEFAULT_SETTINGS } from '../../../miniprogram/services/settings'
import { NetcallError } from '../../../miniprogram/netcall/errors'
import { ended, incoming, outgoing, talking } from '../../support/calls'
import { fakeApp, type FakeApp } from '../../support/fake-app'
import { inRoom, roomEnded, roomInvited, roomJoining, roomMember } from '../../support/rooms'
import { FakeIm, FakeNetcall } from '../../support/fake-netcall'
import { resetWx, store } from '../../support/fake-wx'

const SERVICE = 'http://127.0.0.1:8360'
const KEY = `netcall:history:alice@${SERVICE}`
const CALL = {
  peer: 'bob',
  kind: 'video',
  direction: 'outgoing',
  startedAt: 1_000,
  duration: 2_000,
  reason: 'peer-hung-up',
  cid: 7,
} as const satisfies PastCall

beforeEach(() => {
  Object.assign(globalThis, { wx: {} })
  resetWx()
  jest.spyOn(console, 'warn').mockImplementation(() => {})
})
afterEach(() => jest.restoreAllMocks())

function signedIn(account: string, service = SERVICE): SessionState {
  return { phase: 'signed-in', account, service, online: true }
}
/** A call that rings, ends and is dismissed. */
function call(app: FakeApp, end: CallState): void {
  for (const state of [outgoing(), end, { phase: 'idle' } as const]) app.call.become(state)
}

test('stores calls when they end, newest first', () => {
  const app = fakeApp()
  const heard = jest.fn()
  app.history.subscribe(heard)
  call(app, ended({ ...CALL }))
  call(
    app,
    ended({ ...CALL, peer: 'carol', kind: 'audio', reason: 'peer-offline', cid: null, startedAt: 9_000, duration: 0 }),
  )
  expect(app.history.calls).toEqual([
    { ...CALL, peer: 'carol', kind: 'audio', reason: 'peer-offline', cid: null, startedAt: 9_000, duration: 0 },
    CALL,
  ])
  expect(heard).toHaveBeenCalledTimes(2)
})

test('stores nothing before the end, and each end once', () => {
  const app = fakeApp()
  for (const state of [incoming(), talking()]) app.call.become(state)
  expect(app.history.calls).toEqual([])
  app.call.become(ended({ ...CALL }))
  app.call.become(ended({ ...CALL }))
  expect(app.history.calls).toEqual([CALL])
})

test('survives a restart', () => {
  call(fakeApp(), ended({ ...CALL }))
  expect(fakeApp().history.calls).toEqual([CALL])
})

test('is separate for each account and service', () => {
  const app = fakeApp()
  call(app, ended({ ...CALL }))
  app.session.become(signedIn('bob'))
  expect(app.history.calls).toEqual([])
  call(app, ended({ ...CALL, peer: 'alice' }))
  app.session.become(signedIn('alice', 'http://elsewhere:8360'))
  expect(app.history.calls).toEqual([])
  app.session.become({ phase: 'signed-out', problem: null })
  expect(app.history.calls).toEqual([])
  call(app, ended({ ...CALL, peer: 'nobody' }))
  app.session.become(signedIn('bob'))
  expect(app.history.calls.map(({ peer }) => peer)).toEqual(['alice'])
  app.session.become(signedIn('alice'))
  expect(app.history.calls).toEqual([CALL])
})

describe('a call rejected as busy', () => {
  const MISSED = { type: 'one-to-one', peer: 'carol', kind: 'audio', cid: 9, at: 5_000 } as const
  const KEPT: PastCall = {
    peer: 'carol',
    kind: 'audio',
    direction: 'incoming',
    startedAt: 5_000,
    duration: 0,
    reason: 'i-was-busy',
    cid: 9,
  }

  test('is stored when it rang first, over restarts', () => {
    const app = fakeApp({ call: talking() })
    const heard = jest.fn()
    app.history.subscribe(heard)
    for (const at of [5_000, 8_000, 11_000]) app.call.miss({ ...MISSED, at })
    app.call.become(ended({ ...CALL }))
    expect(app.history.calls).toEqual([CALL, KEPT])
    expect(heard).toHaveBeenCalledTimes(2)
    expect(fakeApp().history.calls).toEqual([CALL, KEPT])
  })

  test('is replaced if it rings after all', () => {
    const app = fakeApp({ call: talking() })
    app.call.miss(MISSED)
    app.call.become({ phase: 'idle' })
    const rang = { ...KEPT, startedAt: 8_000, reason: 'rejected' } as const
    app.call.become(ended(rang))
    expect(app.history.calls).toEqual([rang])
  })

  test('without a number does not match others without one', () => {
    const app = fakeApp()
    const offline = { ...CALL, reason: 'peer-offline', cid: null, duration: 0 } as const
    call(app, ended({ ...offline }))
    app.call.miss(MISSED)
    call(app, ended({ ...offline, startedAt: 9_000 }))
    expect(app.history.calls.map(({ startedAt }) => startedAt)).toEqual([9_000, 5_000, 1_000])
  })
})

test('deleted calls are gone for good, the others stay', () => {
  const app = fakeApp()
  for (const cid of [1, 2, 3]) call(app, ended({ ...CALL, cid }))
  const heard = jest.fn()
  app.history.subscribe(heard)
  app.history.forget(app.history.calls.filter(({ cid }) => cid === 2))
  expect(heard).toHaveBeenCalledTimes(1)
  for (const { history } of [app, fakeApp()]) expect(history.calls.map(({ cid }) => cid)).toEqual([3, 1])
})

test('the newest hundred are kept', () => {
  const app = fakeApp()
  for (let cid = 1; cid <= 120; cid++) call(app, ended({ ...CALL, cid }))
  for (const { history } of [app, fakeApp()]) {
    expect(history.calls).toHaveLength(100)
    expect(history.calls.map(({ cid }) => cid)).toEqual(Array.from({ length: 100 }, (_, index) => 120 - index))
  }
})

describe('invalid storage', () => {
  test.each<[string, unknown]>([
    ['no list', 'garbage'],
    ['null', null],
    ['an object', { 0: CALL }],
  ])('%s is an empty history', (_, stored) => {
    store(KEY, stored)
    expect(fakeApp().history.calls).toEqual([])
  })

  test.each<[string, unknown]>([
    ['nothing', null],
    ['a word', 'call'],
    ['no peer', { ...CALL, peer: '' }],
    ['a peer that is no name', { ...CALL, peer: 7 }],
    ['an unknown kind', { ...CALL, kind: 'hologram' }],
    ['an unknown direction', { ...CALL, direction: 'sideways' }],
    ['an unknown reason', { ...CALL, reason: 'boredom' }],
    ['a reason that every object has', { ...CALL, reason: 'toString' }],
    ['no start', { ...CALL, startedAt: undefined }],
    ['a length below nothing', { ...CALL, duration: -1 }],
    ['a length without end', { ...CALL, duration: Number.POSITIVE_INFINITY }],
    ['a number that is none', { ...CALL, cid: '7' }],
    ['no word about the number', { ...CALL, cid: undefined }],
  ])('%s is dropped, other entries stay', (_, bad) => {
    store(KEY, [CALL, bad, { ...CALL, cid: null }])
    expect(fakeApp().history.calls).toEqual([CALL, { ...CALL, cid: null }])
  })

  test('that cannot be read is an empty history, and can be written', () => {
    const app = fakeApp()
    Object.assign(wx, {
      getStorageSync: () => {
        throw new Error('broken')
      },
    })
    expect(app.history.calls).toEqual([])
    call(app, ended({ ...CALL }))
    expect(wx.setStorageSync).toHaveBeenLastCalledWith(KEY, [CALL])
  })

  test('that cannot be written keeps the calls until a restart', () => {
    const app = fakeApp()
    Object.assign(wx, {
      setStorageSync: () => {
        throw new Error('full')
      },
    })
    call(app, ended({ ...CALL }))
    expect(app.history.calls).toEqual([CALL])
    expect(console.warn).toHaveBeenCalled()
  })
})

describe('rooms', () => {
  const STAY = { startedAt: 1_000, cid: 9, duration: 60_000 }

  test('joined ones are stored with the number of members', () => {
    const app = fakeApp()
    app.call.become(roomJoining())
    app.call.become(inRoom())
    app.call.become(inRoom({ members: [roomMember('bob', 2), roomMember('dan', 4)] }))
    app.call.become(inRoom({ members: [] }))
    app.call.become(roomEnded({ ...STAY, title: 'alice, bob, carol' }))
    expect(app.history.calls).toEqual([
      {
        peer: 'alice, bob, carol',
        kind: 'video',
        direction: 'outgoing',
        startedAt: 1_000,
        duration: 60_000,
        reason: 'left',
        cid: 9,
        room: { name: null, members: 4 },
      },
    ])
    expect(fakeApp().history.calls).toEqual(app.history.calls)
  })
  test('joined by name keep it', () => {
    const app = fakeApp()
    app.call.become(roomEnded({ ...STAY, room: 'standup', title: 'standup' }))
    expect(app.history.calls).toMatchObject([{ peer: 'standup', room: { name: 'standup', members: 1 } }])
  })
  test('a missed invitation has an unknown number of members', () => {
    const app = fakeApp()
    app.call.become(roomInvited())
    app.call.become(roomEnded({ inviter: 'bob', reason: 'missed', cid: null }))
    expect(app.history.calls).toMatchObject([
      { direction: 'incoming', reason: 'missed', cid: null, duration: 0, room: { members: 0 } },
    ])
  })
  test('an invitation rejected as busy is a missed one', () => {
    const app = fakeApp()
    app.call.miss({ type: 'room', inviter: 'bob', title: 'bob, alice', kind: 'audio', at: 3_000 })
    expect(app.history.calls).toMatchObject([
      { peer: 'bob, alice', kind: 'audio', direction: 'incoming', reason: 'i-was-busy', startedAt: 3_000, cid: null },
    ])
  })
  test('leaving and returning counts once', () => {
    const app = fakeApp()
    app.call.become(inRoom())
    app.call.become(roomEnded({ ...STAY, reason: 'connection-lost' }))
    app.call.become(inRoom({ members: [] }))
    app.call.become(roomEnded({ ...STAY, startedAt: 90_000, duration: 5_000 }))
    expect(app.history.calls).toMatchObject([
      { cid: 9, startedAt: 1_000, duration: 65_000, reason: 'left', room: { members: 3 } },
    ])
  })
  test.each([[{ name: 3, members: 1 }], [{ name: 'x' }], ['standup']])('a stored room %j is no room', (room) => {
    store(KEY, [{ ...CALL, room }, CALL])
    expect(fakeApp().history.calls).toEqual([CALL])
  })
})

/** alice's. */
function phone(): { netcall: FakeNetcall; controller: CallController; history: History } {
  const netcall = new FakeNetcall()
  const controller = new CallController({ settings: () => DEFAULT_SETTINGS })
  const history = new History(controller, { state: signedIn('alice') })
  controller.attach(netcall, new FakeIm('alice'))
  return { netcall, controller, history }
}

describe('with the real controller', () => {
  test('a call to an offline callee is stored without a number', async () => {
    const { netcall, controller, history } = phone()
    netcall.failures['call'] = new NetcallError('callee-offline', 'bob is offline')
    const before = Date.now()
    controller.callUser('bob', 'audio')
    await Promise.resolve()
    await Promise.resolve()
    const [past] = history.calls
    expect(past).toMatchObject({ peer: 'bob', kind: 'audio', reason: 'peer-offline', cid: null, duration: 0 })
    expect(past?.startedAt).toBeGreaterThanOrEqual(before)
  })

  test('a call rejected as busy is stored once as missed, however often it rings', () => {
    const { netcall, controller, history } = phone()
    controller.callUser('bob', 'audio')
    const before = Date.now()
    for (let times = 0; times < 3; times++) netcall.emit('beCalling', { caller: 'carol', cid: 9, type: 2 })
    expect(history.calls).toMatchObject([
      { peer: 'carol', kind: 'video', direction: 'incoming', duration: 0, reason: 'i-was-busy', cid: 9 },
    ])
    expect(history.calls[0]?.startedAt).toBeGreaterThanOrEqual(before)
    controller.detach()
    expect(history.calls).toMatchObject([{ reason: 'cancelled' }, { reason: 'i-was-busy' }])
  })

  test('signing out in a call stores it for the account that was signed in', () => {
    const { netcall, controller, history } = phone()
    netcall.emit('beCalling', { caller: 'bob', cid: 4, type: 1 })
    controller.detach()
    expect(history.calls).toMatchObject([{ peer: 'bob', direction: 'incoming', cid: 4, reason: 'rejected' }])
  })
})
