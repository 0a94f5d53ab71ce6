import { texts } from '../../../miniprogram/texts/index'
import type { CallState } from '../../../miniprogram/call/state'
import {
  connecting,
  ended,
  incoming,
  localMedia,
  outgoing,
  reconnecting,
  remoteMedia,
  talking,
} from '../../support/calls'
import { fakeApp, mountPage, settle, type FakeApp, type Mounted } from '../../support/simulate'

type View = { app: FakeApp; page: Mounted; become(call: CallState): Promise<void> }

async function below(call: CallState): Promise<View> {
  Object.assign(globalThis, { getCurrentPages: () => [{ route: 'pages/contacts/contacts' }] })
  const app = fakeApp({ call })
  const page = await mountPage('pages/contacts/contacts', { app })
  const become = async (next: CallState): Promise<void> => {
    app.call.become(next)
    await settle()
  }
  return { app, page, become }
}
const said = (page: Mounted): string => (page.has('#call', '#banner') ? page.text('#call', '#banner') : '')
const holdsMedia = (page: Mounted): boolean => page.has('#call', '#pusher') && page.has('#call', '#player')

beforeEach(() => jest.useFakeTimers())
afterEach(() => jest.useRealTimers())

test('stands on every page that a call can be left for', async () => {
  for (const name of ['contacts', 'records', 'settings']) {
    const app = fakeApp({ call: outgoing() })
    const page = await mountPage(`pages/${name}/${name}`, { app })
    await settle()
    expect(said(page)).toBe('正在呼叫 bob…')
    await page.unmount()
  }
})

test.each<[string, CallState, string]>([
  ['outgoing', outgoing(), '正在呼叫 bob…'],
  ['incoming', incoming(), 'bob 来电'],
  ['connecting', connecting(), '与 bob 通话中'],
  ['a question for video', talking({ kind: 'audio', videoRequest: 'asked' }), 'bob 想切换为视频通话00:00'],
  ['reconnecting', reconnecting(), '正在重连与 bob 的通话…00:00'],
  ['ended', ended({ reason: 'peer-lost' }), 'bob 的网络中断，通话已结束'],
  ['idle', { phase: 'idle' }, ''],
])('says what the call is at: %s', async (_phase, state, words) => {
  const now = Date.now()
  const { page } = await below('answeredAt' in state ? { ...state, answeredAt: now } : state)
  expect(said(page)).toBe(words)
})

test('counts on, and leads back', async () => {
  const { page } = await below(talking({ answeredAt: Date.now() }))
  jest.advanceTimersByTime(61_000)
  await settle()
  expect(said(page)).toBe('与 bob 通话中01:01')
  expect(page.attributes('#call', '#banner')).toMatchObject({
    'aria-role': 'button',
    'aria-label': '与 bob 通话中 01:01 返回通话',
  })
  await page.tap('#call', '#banner')
  expect(wx.navigateTo).toHaveBeenCalledWith({ url: '/pages/call/call' })
})

test('an end leads nowhere', async () => {
  const { page } = await below(ended())
  expect(page.attributes('#call', '#banner')['aria-role']).toBe('alert')
  await page.tap('#call', '#banner')
  expect(wx.navigateTo).not.toHaveBeenCalled()
})

describe('the media', () => {
  test('go on in here, as the call says', async () => {
    const local = localMedia({ microphone: false, facing: 'back', speaker: false })
    const { page } = await below(talking({ local, remote: remoteMedia({ camera: false }) }))
    expect(page.find('#call', '#pusher').data).toMatchObject({
      url: 'rtmp://service/live/alice',
      microphone: false,
      camera: true,
      facing: 'back',
      mirror: true,
      beauty: 'off',
      quality: 'standard',
    })
    expect(page.find('#call', '#player').data).toMatchObject({
      src: 'http://service/live/bob.flv',
      speaker: false,
      picture: false,
    })
  })
  test('are taken from the call page when the page below is seen, and given up for it', async () => {
    const { app, page, become } = await below({ phase: 'idle' })
    await page.run('onHide')
    const lost = jest.fn()
    app.mediaSeat.take(() => {}, lost)
    await become(talking())
    expect(holdsMedia(page)).toBe(false)
    await page.run('onShow')
    await settle()
    expect(lost).toHaveBeenCalledTimes(1)
    expect(holdsMedia(page)).toBe(true)
    app.mediaSeat.take(() => {})
    await settle()
    expect(holdsMedia(page)).toBe(false)
  })
  test('go on, with fresh addresses, when the whole mini-program is in the background', async () => {
    const { page, become } = await below(talking())
    await page.run('onHide')
    await settle()
    expect(holdsMedia(page)).toBe(true)
    await become(talking({ local: localMedia({ url: 'rtmp://fresh' }) }))
    expect(page.find('#call', '#pusher').data['url']).toBe('rtmp://fresh')
    await become(ended())
    expect(holdsMedia(page)).toBe(false)
  })
  test('end with the call, and nothing is left running', async () => {
    const { page, become } = await below(talking())
    expect(holdsMedia(page)).toBe(true)
    await become(ended())
    expect(holdsMedia(page)).toBe(false)
    await become({ phase: 'idle' })
    expect(said(page)).toBe('')
    await page.unmount()
    expect(jest.getTimerCount()).toBe(0)
  })
  test('tell of their troubles', async () => {
    const { app, page } = await below(talking())
    await page.emit('quality', { quality: 'weak' }, '#call', '#pusher')
    expect(app.call.noteNetwork).toHaveBeenCalledWith('weak')
    await page.emit('state', { state: 'failed', reason: 'camera-refused' }, '#call', '#pusher')
    expect(app.call.cameraFailed).toHaveBeenCalledTimes(1)
    await page.emit('state', { state: 'failed', reason: 'microphone-refused' }, '#call', '#pusher')
    expect(app.call.microphoneRefused).toHaveBeenCalledTimes(1)
  })
})

test('a page that is not seen says nothing, and takes nothing', async () => {
  const { page, become } = await below({ phase: 'idle' })
  await page.run('onHide')
  await become(talking())
  expect(said(page)).toBe('')
  expect(holdsMedia(page)).toBe(false)
})

test('the language changes at once', async () => {
  const { app, page } = await below(outgoing())
  app.settings.change({ language: 'en' })
  await settle()
  expect(said(page)).toBe(texts('banner', 'en').calling.replace('{name}', 'bob'))
})
