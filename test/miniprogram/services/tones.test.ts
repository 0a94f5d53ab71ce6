/** @jest-environment node */
import type { CallState, EndReason } from '../../../miniprogram/call/state'
import { followTones } from '../../../miniprogram/services/tones'
import { texts } from '../../../miniprogram/texts/index'
import { connecting, ended, incoming, localMedia, outgoing, reconnecting, talking } from '../../support/calls'
import { inRoom, roomEnded, roomInvited, roomJoining } from '../../support/rooms'
import { fakeApp, type FakeApp } from '../../support/fake-app'
import { resetWx } from '../../support/fake-wx'

interface Audio {
  src: string
  play: jest.Mock
  stop: jest.Mock
  destroy: jest.Mock
}
const IDLE: CallState = { phase: 'idle' }
const UNNUMBERED = outgoing({ cid: null })
const RING = '/assets/tones/ring.wav'
const RING_BACK = '/assets/tones/ring-back.wav'

let app: FakeApp
function audios(): Audio[] {
  return jest.mocked(wx.createInnerAudioContext).mock.results.map(({ value }) => value)
}
function last({ mock }: jest.Mock): number {
  return Math.max(0, ...mock.invocationCallOrder)
}
/** Current sounds; the last command of each undestroyed audio counts. */
function sounding(): string[] {
  return audios()
    .filter(({ play, stop, destroy }) => destroy.mock.calls.length === 0 && last(play) > last(stop))
    .map(({ src }) => src)
}
function expectSilence(): void {
  expect(audios().every(({ destroy }) => destroy.mock.calls.length === 1)).toBe(true)
  expect(jest.getTimerCount()).toBe(0)
}
function speaker(): unknown {
  return jest.mocked(wx.setInnerAudioOption).mock.lastCall?.[0]
}

beforeEach(() => {
  jest.useFakeTimers()
  Object.assign(globalThis, { wx: {} })
  resetWx()
  app = fakeApp()
  followTones(app.call)
})
afterEach(() => jest.useRealTimers())

test('an incoming call rings and vibrates until it ends', () => {
  app.call.become(incoming())
  expect(sounding()).toEqual([RING])
  jest.advanceTimersByTime(9_000)
  expect(audios()).toHaveLength(1)
  expect(audios()[0]?.play).toHaveBeenCalledTimes(4)
  expect(wx.vibrateLong).toHaveBeenCalledTimes(4)
  app.call.become(connecting())
  expectSilence()
  jest.advanceTimersByTime(9_000)
  expect(wx.vibrateLong).toHaveBeenCalledTimes(4)
})

test('a caller hears the ringback tone once the call has its number', () => {
  app.call.become(UNNUMBERED)
  expect(audios()).toEqual([])
  app.call.become(outgoing())
  expect(sounding()).toEqual([RING_BACK])
  jest.advanceTimersByTime(11_000)
  expect(audios()[0]?.play).toHaveBeenCalledTimes(3)
  expect(wx.vibrateLong).not.toHaveBeenCalled()
  app.call.become(connecting())
  expectSilence()
})

/** Every phase that can follow a ringing one, and every end reason. */
const REASONS = Object.keys(texts('endings', 'zh')).filter((key): key is EndReason => key !== 'title')
const LATER: Array<[string, CallState]> = [
  ['idle', IDLE],
  ['a call without a number', UNNUMBERED],
  ['connecting', connecting()],
  ['talking', talking()],
  ['reconnecting', reconnecting()],
  ...REASONS.map((reason): [string, CallState] => [`ended: ${reason}`, ended({ reason })]),
]
describe.each([
  ['incoming', incoming()],
  ['outgoing', outgoing()],
])('from %s', (_from, state) => {
  test.each(LATER)('to %s stops the tone', (_to, next) => {
    app.call.become(state)
    jest.advanceTimersByTime(6_000)
    app.call.become(next)
    expectSilence()
  })
  test('no tone is started by repeated states', () => {
    for (let time = 0; time < 3; time++) {
      app.call.become(state)
      app.call.become(ended())
      app.call.become(IDLE)
    }
    expect(audios()).toHaveLength(3)
    expectSilence()
  })
})

test.each([
  ['an incoming one', outgoing(), incoming(), RING],
  ['an outgoing one', incoming(), outgoing(), RING_BACK],
])('to %s changes the tone', (_what, first, second, tone) => {
  app.call.become(first)
  app.call.become(second)
  expect(sounding()).toEqual([tone])
  expect(jest.getTimerCount()).toBe(1)
})

test.each([roomJoining({ inviter: 'bob' }), roomEnded({ reason: 'missed' }), { phase: 'idle' } as const])(
  'an invitation into a room rings until it is $phase',
  (next) => {
    app.call.become(roomInvited())
    expect(sounding()).toEqual([RING])
    jest.advanceTimersByTime(6_000)
    expect(wx.vibrateLong).toHaveBeenCalledTimes(3)
    app.call.become(next)
    expectSilence()
  },
)
test('no tone in a room', () => {
  for (const state of [roomJoining(), inRoom(), roomEnded()]) app.call.become(state)
  expect(audios()).toEqual([])
})

test('other changes of a ringing call do not restart its tone', () => {
  app.call.become(incoming())
  app.call.become(incoming({ peerRecords: true, local: localMedia({ camera: false }) }))
  expect(audios()).toHaveLength(1)
  expect(audios()[0]?.play).toHaveBeenCalledTimes(1)
})

test('the mute switch is respected, and the speaker follows the call', () => {
  app.call.become(outgoing({ local: localMedia({ speaker: false }) }))
  expect(speaker()).toEqual({ obeyMuteSwitch: true, speakerOn: false })
  app.call.become(outgoing({ local: localMedia({ speaker: true }) }))
  jest.advanceTimersByTime(5_000)
  expect(speaker()).toEqual({ obeyMuteSwitch: true, speakerOn: true })
  app.call.become(outgoing({ local: localMedia({ speaker: false }) }))
  jest.advanceTimersByTime(5_000)
  app.call.become(ended())
  // Later sounds must not use the earpiece.
  expect(speaker()).toEqual({ obeyMuteSwitch: true, speakerOn: true })
  app.call.become(incoming({ local: localMedia({ speaker: false }) }))
  expect(speaker()).toEqual({ obeyMuteSwitch: true, speakerOn: true })
})

test('a phone without vibration rings all the same', () => {
  Object.assign(wx, { vibrateLong: jest.fn(({ fail }) => fail({ errMsg: 'vibrateLong:fail' })) })
  app.call.become(incoming())
  expect(sounding()).toEqual([RING])
})
