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

test('plays when a stream is there', async () => {
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

test('configures the native component for calls', async () => {
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

test('stops and plays a changed stream', async () => {
  const { view, states, calls } = await player({ src })
  await code(view, 2004)
  await view.set({ src: 'http://service/live/3.flv?sign=b' })
  expect(calls).toEqual(['play', 'stop', 'play'])
  expect(view.attributes('#player')['src']).toBe('http://service/live/3.flv?sign=b')
  expect(states.at(-1)).toEqual({ state: 'connecting' })
})

test('does not interrupt the same stream with a new signature', async () => {
  const { view, states, calls } = await player({ src })
  await code(view, 2004)
  await view.set({ src: 'http://service/live/2.flv?sign=c' })
  await view.emit('netstatus', { info: { netSpeed: 300 } }, '#player')
  await pass(60_000)
  expect(calls).toEqual(['play'])
  expect(states).toEqual([{ state: 'playing' }])
})

test('treats stutter as a stall, ended by flowing data', async () => {
  const { view, states } = await player({ src })
  await code(view, 2004)
  await code(view, 2105)
  expect(states.at(-1)).toEqual({ state: 'stalled', reason: 'network' })
  await view.emit('netstatus', { info: { netSpeed: 300 } }, '#player')
  expect(states.at(-1)).toEqual({ state: 'playing' })
})

test('plays again with growing pauses after it gave up, while there is a stream', async () => {
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

test('retries at once when the network is back, also during a pointless attempt', async () => {
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

test('ignores late codes after a stop', async () => {
  const { view, states } = await player({ src })
  await code(view, -2301)
  const before = states.length
  await code(view, 2004)
  await code(view, -2301)
  expect(states).toHaveLength(before)
})

test('reports the voice level', async () => {
  const { view } = await player({ src })
  const levels = view.listen('level')
  await view.emit('audiovolumenotify', { volume: 40 }, '#player')
  await view.emit('audiovolumenotify', { volume: 400 }, '#player')
  await view.emit('audiovolumenotify', {}, '#player')
  expect(levels).toEqual([{ level: 0.4 }, { level: 1 }, { level: 0 }])
})

test('reports the network quality if known', async () => {
  const { view } = await player({ src })
  const qualities = view.listen('quality')
  for (const netQualityLevel of [0, 3]) {
    await view.emit('netstatus', { info: { netSpeed: 200, netQualityLevel } }, '#player')
  }
  expect(qualities).toEqual([{ quality: 'fair' }])
})

test('stops when it is detached', async () => {
  const { view, calls } = await player({ src })
  await view.unmount()
  await pass(60_000)
  expect(calls).toEqual(['play', 'stop'])
})

test('reports in the DevTools simulator that media need a phone', async () => {
  changePhone({ platform: 'devtools' })
  const view = await mountComponent('components/rtc-player/rtc-player', { src }, fakeApp())
  expect(view.has('#player')).toBe(false)
  expect(view.text()).toBe('音视频需要真机或浏览器预览')
})

test('restarts once if expected video is missing', async () => {
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

test('logs each code for diagnosis on real phones', async () => {
  const { view } = await player()
  await code(view, 2105)
  expect(console.info).toHaveBeenLastCalledWith('live-player:', 2105)
})

test('gives up a stream without data, unless the peer sends none', async () => {
  const { view, states } = await player({ src, sound: false, picture: false })
  const silent = (): Promise<void> => view.emit('netstatus', { info: { netSpeed: 0 } }, '#player')
  await code(view, 2004)
  for (let report = 0; report < 60; report++) await silent()
  expect(states).toEqual([{ state: 'playing' }])
  await view.set({ sound: true })
  for (let report = 0; report < 10; report++) await silent()
  expect(states.at(-1)).toEqual({ state: 'stalled', reason: 'restarting' })
})

test('is shown as not enabled if WeChat reports nothing', async () => {
  const { view, states } = await player({ src })
  await pass(10_000)
  expect(states).toEqual([{ state: 'failed', reason: 'not-enabled' }])
  await code(view, 2001)
  await code(view, 2004)
  expect(states.at(-1)).toEqual({ state: 'playing' })
})
