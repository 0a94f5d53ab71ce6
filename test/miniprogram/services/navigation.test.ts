/** @jest-environment node */
import { followCalls, PAGES, returnToCall } from '../../../miniprogram/services/navigation'
import { connecting, ended, incoming, outgoing, reconnecting, talking } from '../../support/calls'
import { fakeApp } from '../../support/fake-app'
import { inRoom, roomEnded, roomInvited, roomJoining, roomReconnecting } from '../../support/rooms'
import { resetWx } from '../../support/fake-wx'

const CONTACTS = '/pages/contacts/contacts'
const OUTGOING = outgoing({ cid: null })
const INCOMING = incoming()
const CONNECTING = connecting({ direction: 'incoming' })
const TALKING = talking({ direction: 'incoming' })
const ENDED = ended({ direction: 'incoming' })

/** The page stack as in WeChat. */
let stack: string[]
let went: string[]

function setUp() {
  stack = [CONTACTS]
  went = []
  const go = (how: string, change: (url: string) => void) =>
    jest.fn(({ url }: { url: string } = { url: '' }) => {
      went.push(`${how} ${url}`.trim())
      change(url)
      return Promise.resolve()
    })
  Object.assign(globalThis, { wx: {}, getCurrentPages: () => stack.map((url) => ({ route: url.slice(1) })) })
  resetWx()
  Object.assign(wx, {
    navigateTo: go('navigateTo', (url) => stack.push(url)),
    redirectTo: go('redirectTo', (url) => stack.splice(-1, 1, url)),
    navigateBack: jest.fn(({ delta = 1 }: { delta?: number } = {}) => {
      went.push('navigateBack')
      stack.splice(-delta)
      return Promise.resolve()
    }),
  })
  const app = fakeApp()
  const dismiss = jest.fn(() => app.call.become({ phase: 'idle' }))
  Object.assign(app.call, { dismiss })
  followCalls(app.call)
  return { app, dismiss }
}

/** The requested page has opened. */
const opened = async (): Promise<void> => {
  for (let step = 0; step < 3; step++) await Promise.resolve()
}

beforeEach(() => jest.useFakeTimers())
afterEach(async () => {
  jest.useRealTimers()
  jest.restoreAllMocks()
  await opened()
})

test('a call opens its page, and its end closes it once', () => {
  const { app, dismiss } = setUp()
  app.call.become(OUTGOING)
  app.call.become(connecting())
  expect(stack).toEqual([CONTACTS, PAGES.call])
  app.call.become(ENDED)
  expect(stack).toEqual([CONTACTS, PAGES.call])
  jest.advanceTimersByTime(2000)
  expect(dismiss).toHaveBeenCalledTimes(1)
  expect(stack).toEqual([CONTACTS])
  jest.advanceTimersByTime(10_000)
  expect(went).toEqual([`navigateTo ${PAGES.call}`, 'navigateBack'])
})

test.each([CONTACTS, '/pages/settings/settings', '/pages/records/records'])(
  'an incoming call rings over %s, and its answer becomes the call',
  (page) => {
    const { app } = setUp()
    stack = [page]
    app.call.become(INCOMING)
    expect(stack).toEqual([page, PAGES.incoming])
    app.call.become(CONNECTING)
    expect(stack).toEqual([page, PAGES.call])
  },
)

test('an end closes no other page', () => {
  const { app } = setUp()
  app.call.become(OUTGOING)
  stack = ['/pages/records/records']
  app.call.become(ENDED)
  jest.advanceTimersByTime(2000)
  expect(stack).toEqual(['/pages/records/records'])
})

test('a call that begins while an end is shown is not closed by it', () => {
  const { app, dismiss } = setUp()
  app.call.become(OUTGOING)
  app.call.become(ENDED)
  jest.advanceTimersByTime(1000)
  app.call.become(INCOMING)
  jest.advanceTimersByTime(5000)
  expect(dismiss).not.toHaveBeenCalled()
  expect(stack).toEqual([CONTACTS, PAGES.incoming])
})

/** Both called: this phone cancels its own call, whose page has not opened yet when the other's has to. */
function giveWay() {
  const { app } = setUp()
  app.call.become(OUTGOING)
  stack = [CONTACTS]
  app.call.become(INCOMING)
  stack = [CONTACTS, PAGES.call, PAGES.incoming]
  return app
}
test('an answered call continues on its open page', () => {
  const app = giveWay()
  app.call.become(CONNECTING)
  expect(stack).toEqual([CONTACTS, PAGES.call])
})
test('the end closes all call pages', () => {
  const app = giveWay()
  app.call.become(ENDED)
  jest.advanceTimersByTime(2000)
  expect(stack).toEqual([CONTACTS])
})

test('an end with an action is shown longer where it is visible', () => {
  const { app, dismiss } = setUp()
  app.call.become(OUTGOING)
  app.call.become(ended({ reason: 'no-answer' }))
  jest.advanceTimersByTime(9_999)
  expect(dismiss).not.toHaveBeenCalled()
  jest.advanceTimersByTime(1)
  expect(stack).toEqual([CONTACTS])

  app.call.become(OUTGOING)
  stack = [CONTACTS]
  app.call.become(ended({ reason: 'no-answer' }))
  jest.advanceTimersByTime(2_000)
  expect(dismiss).toHaveBeenCalledTimes(2)
})

describe('a call whose page was left', () => {
  test('opens its page once when it is answered, and not for later events', async () => {
    const { app } = setUp()
    app.call.become(outgoing({ cid: null }))
    await opened()
    stack = [CONTACTS]
    app.call.become(connecting())
    expect(stack).toEqual([CONTACTS, PAGES.call])
    stack = [CONTACTS]
    app.call.become(TALKING)
    app.call.become(reconnecting())
    app.call.become(TALKING)
    app.call.become(ENDED)
    expect(stack).toEqual([CONTACTS])
  })
  test.each([
    ['outgoing', OUTGOING, PAGES.call],
    ['incoming', INCOMING, PAGES.incoming],
    ['talking', TALKING, PAGES.call],
  ])('can be reopened: %s', (_phase, state, page) => {
    setUp()
    returnToCall(state)
    expect(stack).toEqual([CONTACTS, page])
  })
  test('is opened once, however often it is tapped', async () => {
    setUp()
    const arrive: Array<() => void> = []
    const navigateTo = ({ url }: { url: string }): Promise<void> => {
      went.push(url)
      return new Promise((resolve) => arrive.push(resolve))
    }
    Object.assign(wx, { navigateTo })
    returnToCall(TALKING)
    returnToCall(TALKING)
    expect(went).toEqual([PAGES.call])
    arrive[0]?.()
    await opened()
    returnToCall(TALKING)
    expect(went).toEqual([PAGES.call, PAGES.call])
    arrive[1]?.()
  })
  test('is opened after a page that failed to open', async () => {
    setUp()
    const { navigateTo } = wx
    const warn = jest.spyOn(console, 'warn').mockImplementation(() => {})
    Object.assign(wx, { navigateTo: () => Promise.reject(new Error('webview count limit exceed')) })
    returnToCall(TALKING)
    await opened()
    Object.assign(wx, { navigateTo })
    returnToCall(TALKING)
    expect(stack).toEqual([CONTACTS, PAGES.call])
    expect(warn).toHaveBeenCalledTimes(1)
  })
  test('is not opened after its end', () => {
    setUp()
    returnToCall(ENDED)
    returnToCall({ phase: 'idle' })
    expect(went).toEqual([])
  })
})

describe('rooms', () => {
  test('a created one opens its page, and its end closes it once', () => {
    const { app, dismiss } = setUp()
    app.call.become(roomJoining())
    app.call.become(inRoom())
    expect(stack).toEqual([CONTACTS, PAGES.room])
    app.call.become(roomEnded())
    jest.advanceTimersByTime(1_999)
    expect(stack).toEqual([CONTACTS, PAGES.room])
    jest.advanceTimersByTime(1)
    expect(dismiss).toHaveBeenCalledTimes(1)
    jest.advanceTimersByTime(10_000)
    expect(went).toEqual([`navigateTo ${PAGES.room}`, 'navigateBack'])
  })
  test('an invitation rings on the incoming call page, whose acceptance opens the room', async () => {
    const { app } = setUp()
    app.call.become(roomInvited())
    await opened()
    expect(stack).toEqual([CONTACTS, PAGES.incoming])
    app.call.become(roomJoining({ inviter: 'bob' }))
    expect(stack).toEqual([CONTACTS, PAGES.room])
  })
  test('a user who left the page returns only by a tap', async () => {
    const { app } = setUp()
    app.call.become(roomJoining())
    await opened()
    stack = [CONTACTS]
    for (const state of [inRoom(), roomReconnecting(), inRoom()]) app.call.become(state)
    expect(stack).toEqual([CONTACTS])
    returnToCall(inRoom())
    expect(stack).toEqual([CONTACTS, PAGES.room])
    await opened()
    stack = [CONTACTS]
    returnToCall(roomInvited())
    expect(stack).toEqual([CONTACTS, PAGES.incoming])
    went = []
    returnToCall(roomEnded())
    expect(went).toEqual([])
  })
  test('an end that offers to join again is shown longer where it is visible', () => {
    const { app, dismiss } = setUp()
    app.call.become(roomJoining())
    app.call.become(roomEnded({ reason: 'room-full' }))
    jest.advanceTimersByTime(9_999)
    expect(dismiss).not.toHaveBeenCalled()
    jest.advanceTimersByTime(1)
    expect(stack).toEqual([CONTACTS])
  })
  test('an invitation replaces the shown end of a call, and is not closed with it', async () => {
    const { app, dismiss } = setUp()
    app.call.become(OUTGOING)
    await opened()
    app.call.become(ended({ reason: 'no-answer' }))
    app.call.become(roomInvited())
    await opened()
    expect(stack).toEqual([CONTACTS, PAGES.incoming])
    jest.advanceTimersByTime(20_000)
    expect(dismiss).not.toHaveBeenCalled()
    expect(stack).toEqual([CONTACTS, PAGES.incoming])
  })
  test('a call replaces the shown end of a room', async () => {
    const { app, dismiss } = setUp()
    app.call.become(roomJoining())
    await opened()
    app.call.become(roomEnded({ reason: 'connection-lost' }))
    app.call.become(INCOMING)
    await opened()
    jest.advanceTimersByTime(20_000)
    expect(dismiss).not.toHaveBeenCalled()
    expect(stack).toEqual([CONTACTS, PAGES.incoming])
  })
})
