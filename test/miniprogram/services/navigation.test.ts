/** @jest-environment node */
import type { BusyCall, CallState } from '../../../miniprogram/call/state'
import { CallPages, PAGES } from '../../../miniprogram/services/navigation'
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

function setUp(state: CallState = { phase: 'idle' }) {
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
    reLaunch: go('reLaunch', (url) => (stack = [url])),
    navigateBack: jest.fn(({ delta = 1 }: { delta?: number } = {}) => {
      went.push('navigateBack')
      stack.splice(-delta)
      return Promise.resolve()
    }),
  })
  const app = fakeApp({ call: state })
  const dismiss = jest.fn(() => app.call.become({ phase: 'idle' }))
  Object.assign(app.call, { dismiss })
  const failed: BusyCall[] = []
  const pages = new CallPages(app.call, (call) => failed.push(call))
  pages.follow()
  return { app, dismiss, pages, failed }
}

/** The requested page has opened. */
const opened = async (): Promise<void> => {
  for (let step = 0; step < 3; step++) await Promise.resolve()
}

/** All attempts to open a page have been made. */
const attempts = async (): Promise<void> => {
  await jest.advanceTimersByTimeAsync(10_000)
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
    setUp(state).pages.show()
    expect(stack).toEqual([CONTACTS, page])
  })
  test('is opened once, however often it is tapped', async () => {
    const { pages } = setUp(TALKING)
    const arrive: Array<() => void> = []
    const navigateTo = ({ url }: { url: string }): Promise<void> => {
      went.push(url)
      return new Promise((resolve) => arrive.push(resolve))
    }
    Object.assign(wx, { navigateTo })
    pages.show()
    pages.show()
    expect(went).toEqual([PAGES.call])
    arrive[0]?.()
    await opened()
    pages.show()
    expect(went).toEqual([PAGES.call, PAGES.call])
    arrive[1]?.()
  })
  test.each([ENDED, { phase: 'idle' } as const])('is not opened after its end', (state) => {
    setUp(state).pages.show()
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
    const { app, pages } = setUp()
    app.call.become(roomJoining())
    await opened()
    stack = [CONTACTS]
    for (const state of [inRoom(), roomReconnecting(), inRoom()]) app.call.become(state)
    expect(stack).toEqual([CONTACTS])
    pages.show()
    expect(stack).toEqual([CONTACTS, PAGES.room])
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

describe('a page that does not open', () => {
  const error = { errMsg: 'navigateTo:fail webview count limit exceed' }
  /** These ways fail from now on. */
  function fail(...ways: Array<'navigateTo' | 'redirectTo' | 'reLaunch'>): void {
    jest.spyOn(console, 'warn').mockImplementation(() => {})
    for (const way of ways)
      Object.assign(wx, { [way]: jest.fn(() => (went.push(`${way} fails`), Promise.reject(error))) })
  }

  test('replaces the top page if ten are open', async () => {
    const { app } = setUp()
    stack = Array.from({ length: 10 }, (_, n) => `/pages/host/${n}`)
    app.call.become(INCOMING)
    await attempts()
    expect([stack.length, stack.at(-1)]).toEqual([10, PAGES.incoming])
    expect(went).toEqual([`redirectTo ${PAGES.incoming}`])
  })

  test('is tried again', async () => {
    const { app, failed } = setUp()
    const { navigateTo } = wx
    fail('navigateTo')
    app.call.become(OUTGOING)
    await opened()
    Object.assign(wx, { navigateTo })
    await attempts()
    expect(stack).toEqual([CONTACTS, PAGES.call])
    expect([went, failed]).toEqual([['navigateTo fails', `navigateTo ${PAGES.call}`], []])
  })

  test('replaces the top page, then all pages; after the end the home page opens', async () => {
    const { app, failed } = setUp()
    fail('navigateTo', 'redirectTo')
    app.call.become(OUTGOING)
    await attempts()
    expect(went).toEqual(['navigateTo fails', 'navigateTo fails', 'redirectTo fails', `reLaunch ${PAGES.call}`])
    expect([stack, failed]).toEqual([[PAGES.call], []])
    app.call.become(ENDED)
    jest.advanceTimersByTime(2_000)
    expect(stack).toEqual(['/pages/contacts/contacts'])
  })

  test('is reported after the last attempt, once, and can be requested again', async () => {
    const { app, failed, pages } = setUp()
    fail('navigateTo', 'redirectTo', 'reLaunch')
    app.call.become(INCOMING)
    pages.show()
    await attempts()
    expect(failed).toEqual([INCOMING])
    pages.show()
    await attempts()
    expect(failed).toHaveLength(2)
    expect(went).toHaveLength(8)
  })

  test('is given up with its call', async () => {
    const { app, failed } = setUp()
    fail('navigateTo', 'redirectTo', 'reLaunch')
    app.call.become(INCOMING)
    await opened()
    app.call.become(ENDED)
    await attempts()
    expect([went, failed]).toEqual([['navigateTo fails'], []])
  })

  test('is given up for the page of the next state', async () => {
    const { app, failed } = setUp()
    const { navigateTo } = wx
    fail('navigateTo', 'redirectTo', 'reLaunch')
    app.call.become(INCOMING)
    await opened()
    Object.assign(wx, { navigateTo })
    app.call.become(CONNECTING)
    await attempts()
    expect([stack, failed]).toEqual([[CONTACTS, PAGES.call], []])
  })
})
