/** @jest-environment node */
import type { CallState } from '../../../miniprogram/call/state'
import { CallEntry } from '../../../miniprogram/services/call-entry'
import { ended, incoming, outgoing, talking } from '../../support/calls'
import { deferred } from '../../support/deferred'
import { fakeApp, type FakeApp } from '../../support/fake-app'
import { needAgreement } from '../../support/fake-privacy'
import { inRoom, roomEnded, roomInvited } from '../../support/rooms'
import { resetWx } from '../../support/fake-wx'

type Device = 'microphone' | 'camera'
interface Modal {
  content: string
  confirmText: string
  showCancel: boolean
  success(answer: { confirm: boolean }): void
}
interface Question {
  scope: string
  success(): void
  fail(error: object): void
}
const IDLE: CallState = { phase: 'idle' }
let modals: Modal[]

function setUp(
  call: CallState = IDLE,
  settings: Parameters<typeof fakeApp>[0] = {},
): { app: FakeApp; entry: CallEntry } {
  const app = fakeApp({ ...settings, call, settings: { language: 'en', ...settings.settings } })
  return { app, entry: new CallEntry(app) }
}
/** The user denies these to the mini-program; returns the requests. */
function refuse(...devices: Device[]): string[] {
  const asked: string[] = []
  const refused = devices.map((device): string => (device === 'camera' ? 'scope.camera' : 'scope.record'))
  const authorize = ({ scope, success, fail }: Question): void => {
    asked.push(scope)
    if (refused.includes(scope)) fail({ errMsg: 'authorize:fail auth deny' })
    else success()
  }
  Object.assign(wx, { authorize: jest.fn(authorize) })
  return asked
}
/** The phone denies these to WeChat. */
function refuseBySystem(...devices: Device[]): void {
  const stand = (device: Device): string => (devices.includes(device) ? 'denied' : 'authorized')
  const setting = { microphoneAuthorized: stand('microphone'), cameraAuthorized: stand('camera') }
  Object.assign(wx, { getAppAuthorizeSetting: jest.fn(() => setting) })
}
/** The user's answer for this device is pending until the returned function is called; others are allowed. */
function think(about = 'scope.record'): (granted: boolean) => void {
  const { promise, resolve } = deferred<boolean>()
  const authorize = async ({ scope, success, fail }: Question): Promise<void> =>
    scope !== about || (await promise) ? success() : fail({ errMsg: 'authorize:fail auth deny' })
  Object.assign(wx, { authorize: jest.fn(authorize) })
  return resolve
}
/** The one dialog that was shown. */
function modal(): Modal {
  expect(modals).toHaveLength(1)
  if (!modals[0]) throw new Error('no dialog')
  return modals[0]
}
function toasts(): string[] {
  return jest.mocked(wx.showToast).mock.calls.map(([options]) => options?.title ?? '')
}
const turns = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

beforeEach(() => {
  Object.assign(globalThis, { wx: {} })
  resetWx()
  refuse()
  modals = []
  Object.assign(wx, { showModal: jest.fn((options: Modal) => modals.push(options)) })
})

describe('placing a call', () => {
  test.each([
    ['audio', ['scope.record']],
    ['video', ['scope.record', 'scope.camera']],
  ] as const)('an %s call asks for %j first', async (kind, scopes) => {
    const asked = refuse()
    const { app, entry } = setUp()
    await entry.place('bob', kind)
    expect(asked).toEqual(scopes)
    expect(app.call.callUser.mock.calls).toEqual([['bob', kind, {}]])
    expect([toasts(), modals]).toEqual([[], []])
  })

  test('does not ask for a camera that is off at the start', async () => {
    const asked = refuse('camera')
    const { app, entry } = setUp(IDLE, { settings: { cameraOn: false } })
    await entry.place('bob', 'video')
    expect(asked).toEqual(['scope.record'])
    expect(app.call.callUser.mock.calls).toEqual([['bob', 'video', {}]])
  })

  test('passes on its other options', async () => {
    const { app, entry } = setUp()
    await entry.place('bob', 'audio', { keepCalling: true })
    refuse('camera')
    await entry.place('carol', 'video', { keepCalling: true })
    expect(app.call.callUser.mock.calls).toEqual([
      ['bob', 'audio', { keepCalling: true }],
      ['carol', 'video', { keepCalling: true, camera: false }],
    ])
  })

  test('twice by two taps is one call', async () => {
    const answer = think()
    const { app, entry } = setUp()
    const both = [entry.place('bob', 'audio'), entry.place('bob', 'audio')]
    await turns()
    answer(true)
    await Promise.all(both)
    expect(wx.authorize).toHaveBeenCalledTimes(1)
    expect(app.call.callUser).toHaveBeenCalledTimes(1)
    await entry.place('bob', 'audio')
    expect(app.call.callUser).toHaveBeenCalledTimes(2)
  })

  test.each([outgoing(), incoming(), talking()])('shows that another call is $phase', async (state) => {
    const { app, entry } = setUp(state)
    await entry.place('carol', 'audio')
    expect(toasts()).toEqual(['You are in a call'])
    expect(app.call.callUser).not.toHaveBeenCalled()
    expect(wx.authorize).not.toHaveBeenCalled()
  })

  test.each([true, false])('gives way to an incoming call, whatever the answer (%s)', async (granted) => {
    const answer = think()
    const { app, entry } = setUp()
    const placed = entry.place('carol', 'audio')
    await turns()
    app.call.become(incoming())
    answer(granted)
    await placed
    expect(app.call.callUser).not.toHaveBeenCalled()
    expect([toasts(), modals]).toEqual([[], []])
  })
})

describe('accepting a call', () => {
  test('asks for the permissions of its type', async () => {
    const asked = refuse()
    const { app, entry } = setUp(incoming({ kind: 'video' }))
    await entry.accept()
    expect(asked).toEqual(['scope.record', 'scope.camera'])
    expect(app.call.accept.mock.calls).toEqual([[{}]])
  })

  test('twice by two taps is one answer', async () => {
    const answer = think()
    const { app, entry } = setUp(incoming({ kind: 'audio' }))
    const both = [entry.accept(), entry.accept()]
    await turns()
    answer(true)
    await Promise.all(both)
    expect(wx.authorize).toHaveBeenCalledTimes(1)
    expect(app.call.accept).toHaveBeenCalledTimes(1)
  })

  test.each([
    ['ended', ended({ direction: 'incoming', reason: 'peer-cancelled' })],
    ['ended and gone', IDLE],
    ['followed by another', incoming({ cid: 8, peer: 'carol' })],
  ])('that is %s meanwhile does not accept it, nor the next one', async (_what, state) => {
    const answer = think()
    const { app, entry } = setUp(incoming({ kind: 'audio' }))
    const accepted = entry.accept()
    await turns()
    app.call.become(state)
    answer(false)
    await accepted
    expect(app.call.accept).not.toHaveBeenCalled()
    expect([toasts(), modals]).toEqual([[], []])
  })

  test('is possible for the next call while the first question is open', async () => {
    const answer = think()
    const { app, entry } = setUp(incoming({ kind: 'audio' }))
    const first = entry.accept()
    await turns()
    app.call.become(incoming({ kind: 'audio', cid: 8 }))
    const second = entry.accept()
    const again = entry.accept()
    answer(true)
    await Promise.all([first, second, again])
    expect(app.call.accept).toHaveBeenCalledTimes(1)
  })

  test('that is gone does not show the question twice for the next one', async () => {
    const { app, entry } = setUp(incoming({ kind: 'audio' }))
    const answerFirst = think()
    const first = entry.accept()
    await turns()
    app.call.become(incoming({ kind: 'audio', cid: 8 }))
    const answerSecond = think()
    const second = entry.accept()
    answerFirst(true)
    await first
    const again = entry.accept()
    answerSecond(true)
    await Promise.all([second, again])
    expect(app.call.accept).toHaveBeenCalledTimes(1)
  })

  test('that ends while asking for the camera does not accept it', async () => {
    const answer = think('scope.camera')
    const { app, entry } = setUp(incoming({ kind: 'video' }))
    const accepted = entry.accept()
    await turns()
    app.call.become(ended({ direction: 'incoming', reason: 'peer-cancelled' }))
    answer(true)
    await accepted
    expect(app.call.accept).not.toHaveBeenCalled()
  })

  test('without a ringing call does nothing', async () => {
    const { app, entry } = setUp(talking())
    await entry.accept()
    expect(wx.authorize).not.toHaveBeenCalled()
    expect(app.call.accept).not.toHaveBeenCalled()
  })
})

describe.each([
  ['place', IDLE],
  ['accept', incoming({ kind: 'video' })],
] as const)('without a device, %s', (action, state) => {
  const act = (entry: CallEntry): Promise<void> => (action === 'place' ? entry.place('bob', 'video') : entry.accept())

  test.each([
    ['the mini-program', (): unknown => refuse('microphone'), 'This mini-program', 'openSetting'],
    ['WeChat', () => refuseBySystem('microphone'), 'WeChat', 'openAppAuthorizeSetting'],
  ] as const)('a microphone refused to %s: no call, and the way out', async (_whom, refuseIt, whom, wayOut) => {
    refuseIt()
    const { app, entry } = setUp(state)
    await act(entry)
    const { content, confirmText, showCancel, success } = modal()
    expect(content).toMatch(new RegExp(`^${whom} is not allowed to use the microphone`))
    expect({ confirmText, showCancel }).toEqual({ confirmText: 'Settings', showCancel: true })
    success({ confirm: false })
    expect(wx[wayOut]).not.toHaveBeenCalled()
    success({ confirm: true })
    expect(wx[wayOut]).toHaveBeenCalledTimes(1)
    const other = wayOut === 'openSetting' ? 'openAppAuthorizeSetting' : 'openSetting'
    expect(wx[other]).not.toHaveBeenCalled()
    expect([app.call.callUser, app.call.accept, app.call.reject].map(({ mock }) => mock.calls)).toEqual([[], [], []])
    expect(app.call.state).toBe(state)

    // After the settings were opened the same tap works.
    refuse()
    refuseBySystem()
    await act(entry)
    expect(app.call[action === 'place' ? 'callUser' : 'accept']).toHaveBeenCalledTimes(1)
  })

  test('without a microphone in the guideline: no call, and whom to tell', async () => {
    const fail = { errMsg: 'authorize:fail api scope is not declared in the privacy agreement' }
    Object.assign(wx, { authorize: jest.fn((options) => options.fail(fail)) })
    const { entry } = setUp(state)
    await act(entry)
    const { content, showCancel, success } = modal()
    expect(content).toContain('tell its developer')
    expect(showCancel).toBe(false)
    success({ confirm: true })
    expect(wx.openSetting).not.toHaveBeenCalled()
    expect(wx.openAppAuthorizeSetting).not.toHaveBeenCalled()
  })

  test.each([
    ['the mini-program', (): unknown => refuse('camera'), 'No camera for this mini-program'],
    ['WeChat', () => refuseBySystem('camera'), 'No camera for WeChat'],
  ] as const)('a camera refused to %s: a call with the camera off, and a word', async (_whom, refuseIt, sentence) => {
    refuseIt()
    const { app, entry } = setUp(state)
    await act(entry)
    expect([...app.call.callUser.mock.calls, ...app.call.accept.mock.calls].map((call) => call.at(-1))).toEqual([
      { camera: false },
    ])
    expect(toasts()).toEqual([expect.stringContaining(sentence)])
    expect(modals).toEqual([])
  })

  test('with both denied: no call, and one question only', async () => {
    const asked = refuse('microphone', 'camera')
    const { app, entry } = setUp(state)
    await act(entry)
    expect(asked).toEqual(['scope.record'])
    expect([app.call.callUser.mock.calls, app.call.accept.mock.calls, toasts()]).toEqual([[], [], []])
  })
})

describe('rooms', () => {
  test('a group call asks for the permissions of its type', async () => {
    const asked = refuse('camera')
    const { app, entry } = setUp()
    await entry.callGroup(['bob', 'carol'], 'video')
    expect(asked).toEqual(['scope.record', 'scope.camera'])
    expect(app.call.callGroup.mock.calls).toEqual([[['bob', 'carol'], 'video', { camera: false }]])
    expect(toasts()).toHaveLength(1)
  })
  test('a host is asked for the same', async () => {
    const asked = refuse()
    const { app, entry } = setUp()
    await entry.joinRoom('standup', 'host', 'audio')
    expect(asked).toEqual(['scope.record'])
    expect(app.call.join.mock.calls).toEqual([['standup', 'audio', 'host', {}]])
  })
  test('an audience member is asked for nothing', async () => {
    const privacy = needAgreement()
    refuse('microphone', 'camera')
    const { app, entry } = setUp()
    await entry.joinRoom('standup', 'audience', 'video')
    expect(wx.authorize).not.toHaveBeenCalled()
    expect(privacy.asking).toBe(false)
    expect(app.call.join.mock.calls).toEqual([['standup', 'video', 'audience']])
  })
  test('nobody becomes a host without a microphone', async () => {
    refuse('microphone')
    const { app, entry } = setUp()
    await entry.joinRoom('standup', 'host', 'audio')
    await entry.callGroup(['bob'], 'audio')
    expect([app.call.join.mock.calls, app.call.callGroup.mock.calls]).toEqual([[], []])
    expect(modals).toHaveLength(2)
  })
  test.each([
    ['in a call', talking()],
    ['in a room', inRoom()],
  ])('%s nothing else is begun', async (_where, state) => {
    const { app, entry } = setUp(state)
    await entry.place('bob', 'audio')
    await entry.callGroup(['bob'], 'audio')
    await entry.joinRoom('standup', 'host', 'audio')
    await entry.joinRoom('standup', 'audience', 'audio')
    expect(toasts()).toEqual(Array(4).fill('You are in a call'))
    for (const begun of [app.call.callUser, app.call.callGroup, app.call.join]) expect(begun).not.toHaveBeenCalled()
  })
  test('an invitation is accepted once, with the permissions of its type', async () => {
    const answer = think()
    const { app, entry } = setUp(roomInvited({ kind: 'audio' }))
    const both = [entry.accept(), entry.accept()]
    await turns()
    answer(true)
    await Promise.all(both)
    expect(app.call.accept.mock.calls).toEqual([[{}]])
  })
  test.each([
    ['over', roomEnded({ reason: 'inviter-cancelled' })],
    ['followed by another', roomInvited({ room: 'other', kind: 'audio' })],
  ])('an invitation that is %s meanwhile is not accepted', async (_what, next) => {
    const answer = think()
    const { app, entry } = setUp(roomInvited({ kind: 'audio' }))
    const accepted = entry.accept()
    await turns()
    app.call.become(next)
    answer(true)
    await accepted
    expect(app.call.accept).not.toHaveBeenCalled()
  })
  test('an agreement that comes after the end of its invitation is ignored', async () => {
    const privacy = needAgreement()
    const { app, entry } = setUp(roomInvited())
    const accepted = entry.accept()
    app.call.become(roomEnded({ reason: 'missed' }))
    privacy.answer(true)
    await accepted
    expect([app.call.accept.mock.calls, toasts()]).toEqual([[], []])
  })
  test('an invitation that arrives meanwhile has priority', async () => {
    const answer = think()
    const { app, entry } = setUp()
    const placed = entry.place('carol', 'audio')
    await turns()
    app.call.become(roomInvited())
    answer(true)
    await placed
    expect(app.call.callUser).not.toHaveBeenCalled()
  })
})

describe('a call that cannot work', () => {
  test.each([
    ['to oneself', 'alice', 'You cannot call yourself'],
    ['to nobody', '', 'This is not a valid account'],
    ['to an account that cannot exist', 'dr chen', 'This is not a valid account'],
  ])('%s is explained and not placed', async (_what, peer, sentence) => {
    const { app, entry } = setUp()
    await entry.place(peer, 'video')
    await entry.callGroup(['bob', peer], 'video')
    expect(toasts()).toEqual([sentence, sentence])
    expect([app.call.callUser.mock.calls, app.call.callGroup.mock.calls]).toEqual([[], []])
    expect(wx.authorize).not.toHaveBeenCalled()
  })

  test.each([
    { phase: 'signed-out', problem: null },
    { phase: 'signing-in', account: 'alice', service: 'http://x' },
  ] as const)('while $phase, neither', async (session) => {
    const { app, entry } = setUp(IDLE, { session })
    await entry.place('bob', 'video')
    await entry.callGroup(['bob'], 'video')
    for (const role of ['host', 'audience'] as const) await entry.joinRoom('standup', role, 'audio')
    expect(toasts()).toEqual(Array(4).fill('Sign in first, then call'))
    for (const begun of [app.call.callUser, app.call.callGroup, app.call.join]) expect(begun).not.toHaveBeenCalled()
  })
})

describe('the privacy guideline', () => {
  test('is asked before the devices, and agreement leads to the call', async () => {
    const privacy = needAgreement()
    const { app, entry } = setUp()
    const placed = entry.place('bob', 'audio')
    await turns()
    expect(privacy.asking).toBe(true)
    expect(wx.authorize).not.toHaveBeenCalled()
    privacy.answer(true)
    await placed
    expect(app.call.callUser.mock.calls).toEqual([['bob', 'audio', {}]])
  })

  test('refused: no call, no request for a device, and a sentence; the next tap asks again', async () => {
    const privacy = needAgreement()
    const { app, entry } = setUp()
    const placed = entry.place('bob', 'audio')
    privacy.answer(false)
    await placed
    expect(app.call.callUser).not.toHaveBeenCalled()
    expect(wx.authorize).not.toHaveBeenCalled()
    expect(toasts()).toEqual(['To call, agree to the privacy guideline first'])
    const again = entry.place('bob', 'audio')
    privacy.answer(true)
    await again
    expect(app.call.callUser).toHaveBeenCalledTimes(1)
  })

  test('refused for a ringing call keeps it ringing', async () => {
    const privacy = needAgreement()
    const { app, entry } = setUp(incoming())
    const accepted = entry.accept()
    privacy.answer(false)
    await accepted
    expect([app.call.accept.mock.calls, app.call.reject.mock.calls]).toEqual([[], []])
    expect(toasts()).toHaveLength(1)
  })

  test.each([true, false])('an answer (%s) after the end of its call is ignored', async (agreed) => {
    const privacy = needAgreement()
    const { app, entry } = setUp(incoming())
    const accepted = entry.accept()
    app.call.become(ended({ direction: 'incoming', reason: 'peer-cancelled' }))
    privacy.answer(agreed)
    await accepted
    expect(app.call.accept).not.toHaveBeenCalled()
    expect(toasts()).toEqual([])
  })

  test('a call that arrives meanwhile has priority, and is accepted after the agreement', async () => {
    const privacy = needAgreement()
    const { app, entry } = setUp()
    const placed = entry.place('carol', 'audio')
    app.call.become(incoming({ kind: 'audio' }))
    privacy.answer(true)
    await placed
    await entry.accept()
    expect(app.call.accept).toHaveBeenCalledTimes(1)
    expect(app.call.callUser).not.toHaveBeenCalled()
  })
})
