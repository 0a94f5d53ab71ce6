/** @jest-environment node */
import { watchMedia } from '../../../miniprogram/services/media-watch'
import { ended, incoming, outgoing, talking } from '../../support/calls'
import { fakeApp } from '../../support/fake-app'
import { resetWx, showApp } from '../../support/fake-wx'
import { inRoom } from '../../support/rooms'

/** The app goes to the background. */
function hide(): void {
  for (const [listener] of jest.mocked(wx.onAppHide).mock.calls) listener({ reason: 0 })
}
function setUp() {
  const app = fakeApp()
  const show = jest.spyOn(app.pages, 'show').mockImplementation(() => {})
  const noPage = jest.fn(() => app.call.become(ended({ reason: 'no-page' })))
  watchMedia({ call: Object.assign(app.call, { noPage }), mediaOwner: app.mediaOwner, pages: app.pages })
  const shown = (): number => show.mock.calls.length
  return { app, shown, noPage }
}

beforeEach(() => {
  jest.useFakeTimers()
  Object.assign(globalThis, { wx: {} })
  resetWx()
})
afterEach(() => jest.useRealTimers())

test.each([
  ['call', talking()],
  ['room', inRoom()],
])('a %s without pusher and players gets its page back; if no page takes them it ends', (_what, state) => {
  const { app, shown, noPage } = setUp()
  app.call.become(state)
  jest.advanceTimersByTime(1_999)
  expect(shown()).toBe(0)
  jest.advanceTimersByTime(1)
  expect(shown()).toBe(1)
  jest.advanceTimersByTime(12_999)
  expect(noPage).not.toHaveBeenCalled()
  jest.advanceTimersByTime(1)
  expect(noPage).toHaveBeenCalledTimes(1)
  const before = shown()
  jest.advanceTimersByTime(60_000)
  expect([shown(), noPage.mock.calls.length]).toEqual([before, 1])
})

test('a page that takes them in time starts the count again', () => {
  const { app, shown, noPage } = setUp()
  app.call.become(talking())
  for (let page = 0; page < 20; page++) {
    jest.advanceTimersByTime(1_000)
    const release = app.mediaOwner.acquire(() => {})
    jest.advanceTimersByTime(5_000)
    release()
  }
  expect([shown(), noPage.mock.calls.length]).toEqual([0, 0])
})

test('nothing is counted while it rings, after the end, or in the background', () => {
  const { app, shown } = setUp()
  for (const state of [outgoing(), incoming(), ended()]) {
    app.call.become(state)
    jest.advanceTimersByTime(60_000)
  }
  app.call.become(talking())
  hide()
  jest.advanceTimersByTime(60_000)
  expect(shown()).toBe(0)
  showApp()
  jest.advanceTimersByTime(2_000)
  expect(shown()).toBe(1)
})
