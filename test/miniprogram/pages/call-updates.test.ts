/** How often a call's page and its components set data: frequent changes once a second, important ones at once. */
import type { CallState, NetworkQuality } from '../../../miniprogram/call/state'
import { localMedia, remoteMedia, talking } from '../../support/calls'
import { fakeApp, mountPage, settle, type FakeApp, type Mounted } from '../../support/simulate'

const COMPONENTS = ['player', 'pusher', 'controls', 'network', 'own-network', 'peer-avatar', 'own-avatar']
/** Best to worst, as in live-pusher and live-player; 5 is weak. */
const LEVELS = [1, 3, 5, 2, 6, 4] as const

beforeEach(() => jest.useFakeTimers())
afterEach(() => jest.useRealTimers())

interface Watched {
  app: FakeApp
  page: Mounted
  /** Names of the data set since, call by call. */
  sets: string[][]
}

async function watched(call: CallState): Promise<Watched> {
  const app = fakeApp({ call })
  app.call.noteNetwork.mockImplementation((quality) => app.call.become(withNetwork(app.call.state, 'local', quality)))
  const page = await mountPage('pages/call/call', { app })
  await page.emit('statechange', { code: 1002 }, '#pusher', '#pusher')
  await page.emit('statechange', { code: 2004 }, '#player', '#player')
  // The controls of a video call fade, which is one more change.
  await pass(5_000)
  const sets: string[][] = []
  const there = COMPONENTS.filter((id) => page.has(`#${id}`)).map((id) => page.find(`#${id}`))
  for (const { instance } of [page.root, ...there]) watch(instance, sets)
  return { app, page, sets }
}

function watch(instance: object, sets: string[][]): void {
  const setData: unknown = Reflect.get(instance, 'setData')
  if (typeof setData !== 'function') throw new Error('nothing sets data here')
  Reflect.set(instance, 'setData', (data: object, ...rest: unknown[]) => {
    sets.push(Object.keys(data).toSorted())
    Reflect.apply(setData, instance, [data, ...rest])
  })
}

function withNetwork(state: CallState, side: 'local' | 'remote', network: NetworkQuality): CallState {
  if (state.phase !== 'talking') throw new Error('there is no call')
  if (side === 'local') return { ...state, local: { ...state.local, network } }
  return { ...state, remote: { ...state.remote, network } }
}

async function pass(ms: number): Promise<void> {
  jest.advanceTimersByTime(ms)
  await settle()
}

/** Half a second with every media event that a phone can report. */
async function chatter({ app, page }: Watched, turn: number): Promise<void> {
  await page.emit('audiovolumenotify', { volume: (turn * 37) % 100 }, '#player', '#player')
  if (turn % 4 === 0) {
    const netQualityLevel = LEVELS[(turn / 4) % LEVELS.length]
    const info = { netSpeed: 300, netQualityLevel, videoFPS: 15 }
    await page.emit('netstatus', { info }, '#pusher', '#pusher')
    await page.emit('netstatus', { info }, '#player', '#player')
    app.call.become(withNetwork(app.call.state, 'remote', turn % 8 === 0 ? 'weak' : 'good'))
  }
  // It stalls and continues, and the uplink is weak and good again.
  if (turn % 3 === 0) await page.emit('statechange', { code: 2105 }, '#player', '#player')
  if (turn % 3 === 1) await page.emit('statechange', { code: 2004 }, '#player', '#player')
  if (turn % 5 === 0) await page.emit('statechange', { code: 1101 }, '#pusher', '#pusher')
  if (turn % 5 === 1) await page.emit('statechange', { code: 1002 }, '#pusher', '#pusher')
  await pass(500)
}

const audio = { kind: 'audio', local: localMedia({ camera: false }), remote: remoteMedia({ camera: false }) } as const

test.each([
  ['video', talking],
  ['audio', () => talking(audio)],
])('a minute of a call by %s sets data 60 times, whatever its network does', async (kind, call) => {
  const view = await watched(call())
  for (let turn = 0; turn < 120; turn++) await chatter(view, turn)
  expect(view.sets).toHaveLength(60)
  const shown = ['elapsed', 'network', ...(kind === 'audio' ? ['level', 'words'] : ['ownNetwork', 'words'])]
  expect(view.sets.flat()).toEqual(expect.arrayContaining(shown))
})

test('a minute without events sets the time and nothing else', async () => {
  const { sets } = await watched(talking())
  await pass(60_000)
  expect(sets).toEqual(Array.from({ length: 60 }, () => ['elapsed']))
})

test('network changes are shown with the next second', async () => {
  const { page, sets } = await watched(talking())
  for (const netQualityLevel of [5, 1, 4]) {
    await page.emit('netstatus', { info: { netSpeed: 300, netQualityLevel } }, '#player', '#player')
  }
  expect(page.find('#network').data['quality']).toBe('')
  await pass(1_000)
  expect(page.find('#network').data['quality']).toBe('fair')
  expect(sets).toEqual([['elapsed', 'network']])
})

test('a muted microphone, and streams that end or return, are shown at once', async () => {
  const { app, page } = await watched(talking())
  app.call.become(talking({ remote: remoteMedia({ microphone: false, network: 'good' }) }))
  await settle()
  expect(page.text('#peer .caption')).toBe('对方已静音')
  await page.emit('statechange', { code: -2301 }, '#player', '#player')
  expect(page.has('#cover')).toBe(true)
  await pass(1_000)
  await page.emit('statechange', { code: 2004 }, '#player', '#player')
  expect(page.has('#cover')).toBe(false)
})
