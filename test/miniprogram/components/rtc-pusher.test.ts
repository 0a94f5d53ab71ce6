import { showApp } from '../../support/fake-wx'
import { changePhone, fakeApp, livePushers, mountComponent, settle, type Mounted } from '../../support/simulate'

const url = 'rtmp://service/live/1?sign=a'

beforeEach(() => jest.useFakeTimers())
afterEach(() => jest.useRealTimers())

async function pusher(
  properties: Record<string, unknown> = {},
): Promise<{ view: Mounted; states: unknown[]; calls: string[] }> {
  const view = await mountComponent('components/rtc-pusher/rtc-pusher', {}, fakeApp())
  const states = view.listen('state')
  wx.createLivePusherContext()
  await view.set(properties)
  const [context] = livePushers()
  return { view, states, calls: context?.calls ?? [] }
}
const code = (view: Mounted, value: number): Promise<void> => view.emit('statechange', { code: value }, '#pusher')
const pass = async (ms: number): Promise<void> => {
  jest.advanceTimersByTime(ms)
  await settle()
}

test('does nothing without a URL, and starts when one is set', async () => {
  const { view, states, calls } = await pusher()
  expect(calls).toEqual([])
  await view.set({ url })
  expect(calls).toEqual(['start'])
  expect(view.attributes('#pusher')['url']).toBe(url)
  expect(states).toEqual([])
  await code(view, 1002)
  expect(states).toEqual([{ state: 'playing' }])
})

test('passes its settings to the native component', async () => {
  const properties = { url, microphone: false, camera: true, facing: 'back', quality: 'high', beauty: 'strong' }
  const view = await mountComponent('components/rtc-pusher/rtc-pusher', properties, fakeApp())
  expect(view.attributes('#pusher')).toMatchObject({
    url,
    mode: 'RTC',
    autopush: false,
    'enable-mic': false,
    'enable-camera': true,
    'device-position': 'back',
    'video-width': 720,
    'video-height': 1280,
    'max-bitrate': 2000,
    'local-mirror': 'auto',
    beauty: 8,
    whiteness: 4,
    style: 'width: 100%; height: 100%',
  })
  await view.set({ microphone: true, camera: false, quality: 'smooth', beauty: 'off', mirror: false })
  expect(view.attributes('#pusher')).toMatchObject({
    'enable-mic': true,
    'enable-camera': false,
    'video-width': 288,
    'local-mirror': 'disable',
    beauty: 0,
    whiteness: 0,
  })
})

test('stops, waits a second and starts for a changed URL', async () => {
  const { view, states, calls } = await pusher({ url })
  await code(view, 1002)
  await view.set({ url: 'rtmp://service/live/2?sign=a' })
  expect(calls).toEqual(['start', 'stop'])
  await pass(999)
  expect(calls).toEqual(['start', 'stop'])
  await pass(1)
  expect(calls).toEqual(['start', 'stop', 'start'])
  expect(view.attributes('#pusher')['url']).toBe('rtmp://service/live/2?sign=a')
  expect(states.at(-1)).toEqual({ state: 'connecting' })
})

const flows = (view: Mounted): Promise<void> =>
  view.emit('netstatus', { info: { netSpeed: 200, netQualityLevel: 1 } }, '#pusher')

describe('the same stream with a new signature after a reconnect', () => {
  const renewed = 'rtmp://service/live/1?sign=b'
  test('continues if it runs, and uses the new signature for the next start', async () => {
    const { view, states, calls } = await pusher({ url })
    await code(view, 1002)
    await view.set({ url: renewed })
    await pass(4_999)
    await flows(view)
    await pass(60_000)
    expect(calls).toEqual(['start'])
    expect(states).toEqual([{ state: 'playing' }])
    await code(view, -1307)
    await pass(1_000)
    expect(calls).toEqual(['start', 'stop', 'start'])
    expect(view.attributes('#pusher')['url']).toBe(renewed)
  })

  test('restarts if nothing shows that it runs', async () => {
    const { view, calls } = await pusher({ url })
    await code(view, 1002)
    await view.set({ url: renewed })
    await view.emit('netstatus', { info: { netSpeed: 0, netQualityLevel: 6 } }, '#pusher')
    await pass(5_000)
    expect(calls).toEqual(['start', 'stop'])
    await pass(1_000)
    expect(calls).toEqual(['start', 'stop', 'start'])
    expect(view.attributes('#pusher')['url']).toBe(renewed)
  })

  test('restarts at once if known not to run', async () => {
    const { view, calls } = await pusher({ url })
    await code(view, 1002)
    await code(view, 1102)
    await view.set({ url: renewed })
    expect(calls).toEqual(['start', 'stop'])
    await pass(1_000)
    expect(calls).toEqual(['start', 'stop', 'start'])
  })

  test('waits for the end of a phone call', async () => {
    const { view, calls } = await pusher({ url })
    await code(view, 1002)
    await view.set({ url: renewed })
    await code(view, 5001)
    await pass(60_000)
    expect(calls).toEqual(['start'])
  })

  test('ends like any other stream', async () => {
    const { view, calls } = await pusher({ url })
    await code(view, 1002)
    await view.set({ url: renewed })
    await view.set({ url: '' })
    await pass(60_000)
    expect(calls).toEqual(['start', 'stop'])
  })
})

/** After five failures, the last one with a wait of 8 s. */
async function waiting(): Promise<Awaited<ReturnType<typeof pusher>>> {
  const opened = await pusher({ url })
  for (let tries = 0; tries < 4; tries++) {
    await code(opened.view, -1307)
    await pass(8_000)
  }
  await code(opened.view, -1307)
  await pass(1_500)
  expect(opened.calls.at(-1)).toBe('stop')
  return opened
}

describe('while it waits for a retry', () => {
  type Network = Parameters<Parameters<typeof wx.onNetworkStatusChange>[0]>[0]
  const network = (isConnected: boolean): void => {
    const change: Network = { isConnected, networkType: isConnected ? 'wifi' : 'none' }
    for (const [listener] of jest.mocked(wx.onNetworkStatusChange).mock.calls) listener(change)
  }

  test('the returning network cuts the wait, and the next waits are short again', async () => {
    const { view, calls } = await waiting()
    network(false)
    expect(calls.at(-1)).toBe('stop')
    network(true)
    await settle()
    expect(calls.at(-1)).toBe('start')
    await code(view, -1307)
    await pass(1_000)
    expect(calls.at(-1)).toBe('start')
  })

  test('the returning app cuts the wait, too', async () => {
    const { calls } = await waiting()
    showApp()
    await settle()
    expect(calls.at(-1)).toBe('start')
  })

  test('a pusher still keeps its minimum pause', async () => {
    const { view, calls } = await pusher({ url })
    await code(view, -1307)
    await pass(400)
    network(true)
    await pass(599)
    expect(calls).toEqual(['start', 'stop'])
    await pass(1)
    expect(calls).toEqual(['start', 'stop', 'start'])
  })

  test('a running stream is left alone, and so is an attempt whose next one is near', async () => {
    const { view, calls } = await pusher({ url })
    await code(view, 1002)
    network(true)
    await pass(60_000)
    expect(calls).toEqual(['start'])
    await code(view, -1307)
    await pass(1_000)
    await code(view, 1102)
    network(true)
    await pass(60_000)
    expect(calls).toEqual(['start', 'stop', 'start'])
  })

  test('does not follow the network after it was detached', async () => {
    const { view } = await pusher({ url })
    await view.unmount()
    const [heard, unheard] = [jest.mocked(wx.onNetworkStatusChange), jest.mocked(wx.offNetworkStatusChange)]
    expect(heard.mock.calls.length).toBeGreaterThan(0)
    expect(unheard.mock.calls).toEqual(heard.mock.calls)
    expect(jest.mocked(wx.offAppShow).mock.calls).toEqual(jest.mocked(wx.onAppShow).mock.calls)
  })
})

test('stops for good at an empty URL', async () => {
  const { view, calls } = await pusher({ url })
  await view.set({ url: '' })
  await pass(60_000)
  expect(calls).toEqual(['start', 'stop'])
})

test('restarts with growing pauses after it gave up, and reports it', async () => {
  const { view, states, calls } = await pusher({ url })
  await code(view, 1002)
  await code(view, -1307)
  expect(states.at(-1)).toEqual({ state: 'stalled', reason: 'restarting' })
  for (const wait of [1000, 2000, 4000, 8000, 8000]) {
    const before = calls.length
    await pass(wait - 1)
    expect(calls).toHaveLength(before)
    await pass(1)
    expect(calls.at(-1)).toBe('start')
    await code(view, -1307)
    expect(calls.at(-1)).toBe('stop')
  }
  expect(states.at(-1)).toEqual({ state: 'failed', reason: 'network' })
  await pass(8000)
  await code(view, 1002)
  expect(states.at(-1)).toEqual({ state: 'playing' })
  await code(view, -1307)
  await pass(1000)
  expect(calls.at(-1)).toBe('start')
})

test('treats a weak network as a stall while running, and ignores it while connecting', async () => {
  const { view, states } = await pusher({ url })
  await code(view, 1101)
  expect(states).toEqual([])
  await view.emit('netstatus', { info: { netSpeed: 200, netQualityLevel: 1 } }, '#pusher')
  await code(view, 1101)
  await code(view, 1102)
  expect(states).toEqual([{ state: 'playing' }, { state: 'stalled', reason: 'network' }])
  await view.emit('netstatus', { info: { netSpeed: 200, netQualityLevel: 2 } }, '#pusher')
  expect(states.at(-1)).toEqual({ state: 'playing' })
})

test('ignores a weak network while restarting', async () => {
  const { view, states } = await pusher({ url })
  await code(view, 1002)
  await code(view, -1307)
  await pass(1000)
  await code(view, 3002)
  expect(states.slice(1)).toEqual([{ state: 'stalled', reason: 'restarting' }])
  await code(view, 1002)
  expect(states.at(-1)).toEqual({ state: 'playing' })
})

test('reports the network quality if known', async () => {
  const { view } = await pusher({ url })
  const qualities = view.listen('quality')
  for (const netQualityLevel of [1, 0, 6]) {
    await view.emit('netstatus', { info: { netSpeed: 200, netQualityLevel } }, '#pusher')
  }
  expect(qualities).toEqual([{ quality: 'good' }, { quality: 'weak' }])
})

test('is interrupted by a phone call until the audio is back', async () => {
  const { view, states, calls } = await pusher({ url })
  await code(view, 1002)
  await code(view, 5001)
  expect(states.at(-1)).toEqual({ state: 'stalled', reason: 'interrupted' })
  await view.emit('netstatus', { info: { netSpeed: 200 } }, '#pusher')
  expect(states.at(-1)).toEqual({ state: 'stalled', reason: 'interrupted' })
  const [resume] = jest.mocked(wx.onAudioInterruptionEnd).mock.calls[0] ?? []
  resume?.({ errMsg: '' })
  await pass(1000)
  expect(calls).toEqual(['start', 'stop', 'start'])
  await code(view, 1002)
  expect(states.at(-1)).toEqual({ state: 'playing' })
})

test('keeps a denied microphone denied until the page is shown again', async () => {
  const { view, states, calls } = await pusher({ url })
  await view.emit('error', { errCode: 10002, errMsg: 'refused' }, '#pusher')
  expect(states.at(-1)).toEqual({ state: 'failed', reason: 'microphone-refused' })
  await code(view, 1002)
  expect(states.at(-1)).toEqual({ state: 'failed', reason: 'microphone-refused' })
  await view.run('onShow')
  await pass(1000)
  expect(calls).toEqual(['start', 'stop', 'start'])
  expect(states.at(-1)).toEqual({ state: 'connecting' })
})

test('continues without a denied camera', async () => {
  const { view, states, calls } = await pusher({ url })
  await code(view, 10001)
  await view.set({ camera: false })
  await pass(1000)
  await code(view, 1002)
  expect(calls).toEqual(['start', 'stop', 'start'])
  expect(states.at(-1)).toEqual({ state: 'playing' })
})

test('keeps the stream when the camera is switched', async () => {
  const { view, calls } = await pusher({ url })
  await code(view, 1002)
  await view.set({ camera: false })
  await view.set({ camera: true })
  await pass(5000)
  expect(calls).toEqual(['start'])
})

test('restarts once if a switched-on camera shows nothing', async () => {
  const { view, states, calls } = await pusher({ url, camera: false })
  const status = (videoFPS: number): Promise<void> =>
    view.emit('netstatus', { info: { netSpeed: 50, videoFPS } }, '#pusher')
  await code(view, 1002)
  for (let second = 0; second < 4; second++) await status(0)
  expect(calls).toEqual(['start'])
  await view.set({ camera: true })
  await status(0)
  expect(calls).toEqual(['start'])
  await status(0)
  await pass(1_000)
  expect(calls).toEqual(['start', 'stop', 'start'])
  await status(0)
  await status(0)
  await status(0)
  await pass(5_000)
  expect(calls).toEqual(['start', 'stop', 'start'])
  expect(states.at(-1)).toEqual({ state: 'playing' })
})

test('leaves a camera alone that starts late', async () => {
  const { view, calls } = await pusher({ url, camera: false })
  await view.set({ camera: true })
  for (const videoFPS of [0, 15, 0, 0, 0]) {
    await view.emit('netstatus', { info: { netSpeed: 50, videoFPS } }, '#pusher')
  }
  await pass(5_000)
  expect(calls).toEqual(['start'])
})

test('flips the camera on the native component, which reads its position once', async () => {
  const { view, calls } = await pusher({ url })
  await view.set({ facing: 'back' })
  expect(calls).toEqual(['start', 'switchCamera'])
  expect(view.attributes('#pusher')['device-position']).toBe('front')
})

test('reports the local voice level', async () => {
  const { view } = await pusher({ url })
  const levels = view.listen('level')
  await view.emit('audiovolumenotify', { volume: 40 }, '#pusher')
  expect(levels).toEqual([{ level: 0.4 }])
})

test('stops when it is detached, and does not start again', async () => {
  const { view, calls } = await pusher({ url })
  await code(view, -1307)
  await view.unmount()
  await pass(60_000)
  expect(calls).toEqual(['start', 'stop'])
  expect(wx.offAudioInterruptionEnd).toHaveBeenCalledTimes(1)
})

test('reports in the DevTools simulator that media need a phone', async () => {
  changePhone({ platform: 'devtools' })
  const app = fakeApp()
  const view = await mountComponent('components/rtc-pusher/rtc-pusher', { url }, app)
  expect(view.has('#pusher')).toBe(false)
  expect(view.text()).toBe('音视频需要真机或浏览器预览')
  app.settings.change({ language: 'en' })
  await settle()
  expect(view.text()).toBe('Audio and video need a phone or the browser preview')
  expect(livePushers()).toEqual([])
})

test('logs each code for diagnosis on real phones', async () => {
  const { view } = await pusher()
  await code(view, 1101)
  expect(console.info).toHaveBeenLastCalledWith('live-pusher:', 1101)
})

describe('a component that reports nothing', () => {
  const notEnabled = { state: 'failed', reason: 'not-enabled' }

  test('is shown after 10 s, and continues with the first event', async () => {
    const { view, states } = await pusher({ url })
    await pass(9_999)
    expect(states).toEqual([])
    await pass(1)
    expect(states).toEqual([notEnabled])
    await code(view, 1001)
    await code(view, 1002)
    expect(states).toEqual([notEnabled, { state: 'connecting' }, { state: 'playing' }])
  })

  test.each(['an event without meaning', 'a stop'])('is not assumed after %s', async (what) => {
    const { view, states } = await pusher({ url })
    if (what === 'a stop') await view.set({ url: '' })
    else await code(view, 1003)
    await pass(60_000)
    expect(states).toEqual([])
  })
})

const silent = (view: Mounted): Promise<void> =>
  view.emit('netstatus', { info: { netSpeed: 0, audioBitrate: 0, videoBitrate: 0 } }, '#pusher')

describe('a stream without data', () => {
  test('is restarted after 10 reports in a row', async () => {
    const { view, states, calls } = await pusher({ url })
    await code(view, 1002)
    for (let report = 1; report <= 9; report++) await silent(view)
    await flows(view)
    for (let report = 1; report <= 9; report++) await silent(view)
    expect(states.at(-1)).toEqual({ state: 'playing' })
    await silent(view)
    expect(states.at(-1)).toEqual({ state: 'stalled', reason: 'restarting' })
    await pass(1_000)
    expect(calls).toEqual(['start', 'stop', 'start'])
  })

  test('is normal while microphone and camera are off, and unknown where no speed is reported', async () => {
    const { view, states } = await pusher({ url, microphone: false, camera: false })
    await code(view, 1002)
    for (let report = 0; report < 60; report++) await silent(view)
    await view.set({ microphone: true })
    for (let report = 0; report < 60; report++) await view.emit('netstatus', { info: {} }, '#pusher')
    expect(states).toEqual([{ state: 'playing' }])
  })
})
