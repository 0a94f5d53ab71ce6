import { changePhone, fakeApp, livePlayers, mountComponent, settle, type Mounted } from '../../support/simulate'

const src = 'http://service/live/2.flv?sign=b'

beforeEach(() => jest.useFakeTimers())
afterEach(() => jest.useRealTimers())

async function player(
  properties: Record<string, unknown> = {},
): Promise<{ view: Mounted; states: unknown[]; calls: string[] }> {
  const view = await mountComponent('components/rtc-player/rtc-player', {}, fakeApp())
  const states = view.listen('state')
  wx.createLivePlayerContext('player')
  await view.set(properties)
  const [context] = livePlayers()
  return { view, states, calls: context?.calls ?? [] }
}
const code = (view: Mounted, value: number): Promise<void> => view.emit('statechange', { code: value }, '#player')
const pass = async (ms: number): Promise<void> => {
  jest.advanceTimersByTime(ms)
  await settle()
}

const networkReturns = async (): Promise<void> => {
  const network = { isConnected: true, networkType: 'wifi' } as const
  for (const [listener] of jest.mocked(wx.onNetworkStatusChange).mock.calls) listener(network)
  await settle()
}

test('it plays when a stream is there', async () => {
  const { view, states, calls } = await player()
  expect(calls).toEqual([])
  await view.set({ src })
  expect(calls).toEqual(['play'])
  expect(view.attributes('#player')['src']).toBe(src)
  await code(view, 2007)
  await code(view, 2004)
  await code(view, 2032)
  expect(states).toEqual([{ state: 'playing' }])
})

test('the native component is told what calls need', async () => {
  const { view } = await player({ src, speaker: false })
  expect(view.attributes('#player')).toMatchObject({
    mode: 'RTC',
    autoplay: false,
    'min-cache': 0.2,
    'max-cache': 0.8,
    'object-fit': 'fillCrop',
    'sound-mode': 'ear',
    'auto-pause-if-navigate': false,
    'auto-pause-if-open-native': false,
    style: 'width: 100%; height: 100%',
  })
  await view.set({ speaker: true })
  expect(view.attributes('#player')['sound-mode']).toBe('speaker')
})

test('a changed stream is stopped and played', async () => {
  const { view, states, calls } = await player({ src })
  await code(view, 2004)
  await view.set({ src: 'http://service/live/3.flv?sign=b' })
  expect(calls).toEqual(['play', 'stop', 'play'])
  expect(view.attributes('#player')['src']).toBe('http://service/live/3.flv?sign=b')
  expect(states.at(-1)).toEqual({ state: 'connecting' })
})

test('the same stream, signed anew, is not interrupted', async () => {
  const { view, states, calls } = await player({ src })
  await code(view, 2004)
  await view.set({ src: 'http://service/live/2.flv?sign=c' })
  await view.emit('netstatus', { info: { netSpeed: 300 } }, '#player')
  await pass(60_000)
  expect(calls).toEqual(['play'])
  expect(states).toEqual([{ state: 'playing' }])
})

test('stutter is a stall; flowing data end it', async () => {
  const { view, states } = await player({ src })
  await code(view, 2004)
  await code(view, 2105)
  expect(states.at(-1)).toEqual({ state: 'stalled', reason: 'network' })
  await view.emit('netstatus', { info: { netSpeed: 300 } }, '#player')
  expect(states.at(-1)).toEqual({ state: 'playing' })
})

test('when it gave up it plays again after a while, as long as there is a stream', async () => {
  const { view, states, calls } = await player({ src })
  await code(view, -2301)
  expect(states.at(-1)).toEqual({ state: 'stalled', reason: 'restarting' })
  await pass(1000)
  expect(calls).toEqual(['play', 'stop', 'play'])
  await code(view, -2301)
  await pass(1999)
  expect(calls).toEqual(['play', 'stop', 'play', 'stop'])
  await view.set({ src: '' })
  await pass(60_000)
  expect(calls).toEqual(['play', 'stop', 'play', 'stop'])
})

test('when the network is back it does not wait: neither between two tries nor for one that goes on in vain', async () => {
  const { view, states, calls } = await player({ src })
  await code(view, 2004)
  await code(view, 2103)
  await networkReturns()
  expect(calls).toEqual(['play'])
  await code(view, -2301)
  await networkReturns()
  expect(calls).toEqual(['play', 'stop', 'play'])
  await code(view, 2103)
  await networkReturns()
  expect(calls).toEqual(['play', 'stop', 'play', 'stop', 'play'])
  expect(states.at(-1)).toEqual({ state: 'stalled', reason: 'restarting' })
  await code(view, 2004)
  await networkReturns()
  await pass(60_000)
  expect(calls).toEqual(['play', 'stop', 'play', 'stop', 'play'])
  expect(states.at(-1)).toEqual({ state: 'playing' })
})

test('codes that come late, after a stop, change nothing', async () => {
  const { view, states } = await player({ src })
  await code(view, -2301)
  const before = states.length
  await code(view, 2004)
  await code(view, -2301)
  expect(states).toHaveLength(before)
})

test('it tells how loud the voice is', async () => {
  const { view } = await player({ src })
  const levels = view.listen('level')
  await view.emit('audiovolumenotify', { volume: 40 }, '#player')
  await view.emit('audiovolumenotify', { volume: 400 }, '#player')
  await view.emit('audiovolumenotify', {}, '#player')
  expect(levels).toEqual([{ level: 0.4 }, { level: 1 }, { level: 0 }])
})

test('it tells how good the network is, where the phone knows', async () => {
  const { view } = await player({ src })
  const qualities = view.listen('quality')
  for (const netQualityLevel of [0, 3]) {
    await view.emit('netstatus', { info: { netSpeed: 200, netQualityLevel } }, '#player')
  }
  expect(qualities).toEqual([{ quality: 'fair' }])
})

test('it stops when it is taken away', async () => {
  const { view, calls } = await player({ src })
  await view.unmount()
  await pass(60_000)
  expect(calls).toEqual(['play', 'stop'])
})

test('in the DevTools simulator it says that media need a phone', async () => {
  changePhone({ platform: 'devtools' })
  const view = await mountComponent('components/rtc-player/rtc-player', { src }, fakeApp())
  expect(view.has('#player')).toBe(false)
  expect(view.text()).toBe('音视频需要真机或浏览器预览')
})

test('a picture that should come and does not is helped by starting anew, once', async () => {
  const { view, calls } = await player({ src, picture: false })
  const status = (videoFPS: number): Promise<void> =>
    view.emit('netstatus', { info: { netSpeed: 50, videoFPS } }, '#player')
  await status(0)
  await status(0)
  await view.set({ picture: true })
  await status(0)
  expect(calls).toEqual(['play'])
  await status(0)
  expect(calls).toEqual(['play', 'stop', 'play'])
  await status(0)
  await status(0)
  expect(calls).toEqual(['play', 'stop', 'play'])
})

test('each code is written down, for whoever looks into a real phone', async () => {
  const { view } = await player()
  await code(view, 2105)
  expect(console.info).toHaveBeenLastCalledWith('live-player:', 2105)
})
