import { texts } from '../../../miniprogram/texts/index'
import type { CallState, RoomState } from '../../../miniprogram/call/state'
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
import { inRoom, roomEnded, roomInvited, roomJoining, roomMember, roomReconnecting } from '../../support/rooms'
import { fakeApp, mountComponent, mountPage, settle, type FakeApp, type Mounted } from '../../support/simulate'

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
const holdsMedia = (page: Mounted): boolean => page.has('#call', '#pusher') && page.has('#call', '.player')

beforeEach(() => jest.useFakeTimers())
afterEach(() => jest.useRealTimers())

test('is on every page from which a call can be left', async () => {
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
])("shows the call's state: %s", async (_phase, state, words) => {
  const now = Date.now()
  const { page } = await below('answeredAt' in state ? { ...state, answeredAt: now } : state)
  expect(said(page)).toBe(words)
})

test('keeps counting, and leads back', async () => {
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

test('leads nowhere after the end', async () => {
  const { page } = await below(ended())
  expect(page.attributes('#call', '#banner')['aria-role']).toBe('alert')
  await page.tap('#call', '#banner')
  expect(wx.navigateTo).not.toHaveBeenCalled()
})

describe('the media', () => {
  test("continue in the banner with the call's settings", async () => {
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
    expect(page.find('#call', '.player').data).toMatchObject({
      src: 'http://service/live/bob.flv',
      speaker: false,
      picture: false,
    })
  })
  test('are taken over from the call page, and given back to it', async () => {
    const { app, page, become } = await below({ phase: 'idle' })
    await page.run('onHide')
    const lost = jest.fn()
    app.mediaOwner.acquire(() => {}, lost)
    await become(talking())
    expect(holdsMedia(page)).toBe(false)
    await page.run('onShow')
    await settle()
    expect(lost).toHaveBeenCalledTimes(1)
    expect(holdsMedia(page)).toBe(true)
    app.mediaOwner.acquire(() => {})
    await settle()
    expect(holdsMedia(page)).toBe(false)
  })
  test('continue with new URLs while the mini-program is in the background', async () => {
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
  test('report failures', async () => {
    const { app, page } = await below(talking())
    await page.emit('quality', { quality: 'weak' }, '#call', '#pusher')
    expect(app.call.noteNetwork).toHaveBeenCalledWith('weak')
    await page.emit('state', { state: 'failed', reason: 'camera-refused' }, '#call', '#pusher')
    expect(app.call.cameraFailed).toHaveBeenCalledTimes(1)
    await page.emit('state', { state: 'failed', reason: 'microphone-refused' }, '#call', '#pusher')
    expect(app.call.microphoneRefused).toHaveBeenCalledTimes(1)
  })
})

const people = (...numbers: number[]) => numbers.map((uid) => roomMember(`m${uid}`, uid))
async function belowRoom(room: RoomState): Promise<{ app: FakeApp; page: Mounted }> {
  Object.assign(globalThis, { getCurrentPages: () => [{ route: 'pages/contacts/contacts' }] })
  const app = fakeApp({ call: room })
  return { app, page: await mountPage('pages/contacts/contacts', { app }) }
}
const sources = (page: Mounted): unknown[] => page.all('#call', '.player').map((player) => player.data['src'])

describe('a room', () => {
  test.each<[string, RoomState, string]>([
    ['invited', roomInvited(), 'bob 邀请您加入多人通话'],
    ['joining', roomJoining(), '正在进入“Team”…'],
    ['in', inRoom(), '“Team” 3 人通话中00:00'],
    ['reconnecting', roomReconnecting(), '正在重新连接“Team”…00:00'],
    ['ended', roomEnded({ reason: 'room-full' }), '房间已满，有人离开后可再试'],
  ])('is shown with its state: %s', async (_phase, room, words) => {
    const { page } = await belowRoom('joinedAt' in room ? { ...room, joinedAt: Date.now() } : room)
    expect(said(page)).toBe(words)
  })
  test.each([
    [inRoom(), '/pages/room/room'],
    [roomInvited(), '/pages/incoming-call/incoming-call'],
  ])('leads back to its page', async (room, url) => {
    const { page } = await belowRoom(room)
    await page.tap('#call', '#banner')
    expect(wx.navigateTo).toHaveBeenCalledWith({ url })
  })
  test('continues with the local stream and as many others as a phone can play', async () => {
    const members = people(2, 3, 4, 5, 6, 7, 8)
    const { page } = await belowRoom(
      inRoom({ members: members.map((member) => ({ ...member, microphone: member.uid !== 3 })) }),
    )
    expect(page.find('#call', '#pusher').data).toMatchObject({ url: 'rtmp://service/live/alice', camera: true })
    expect(sources(page)).toEqual([2, 4, 5, 6, 7].map((uid) => `http://service/live/m${uid}.flv`))
  })
  test('keeps the players of remaining members', async () => {
    const { app, page } = await belowRoom(inRoom({ members: people(2, 3) }))
    const [, stays] = page.all('#call', '.player').map(({ dom }) => dom)
    app.call.become(inRoom({ members: people(3, 4) }))
    await settle()
    expect(page.all('#call', '.player').map(({ dom }) => dom)[0]).toBe(stays)
    expect(sources(page)).toEqual([3, 4].map((uid) => `http://service/live/m${uid}.flv`))
  })
  test('sends nothing for audience members', async () => {
    const { page } = await belowRoom(inRoom({ role: 'audience', local: localMedia({ url: null, microphone: false }) }))
    expect([page.has('#call', '#pusher'), page.has('#call', '.player')]).toEqual([false, true])
  })
  test('reports failures, and ends with the room', async () => {
    const { app, page } = await belowRoom(inRoom())
    await page.emit('quality', { quality: 'weak' }, '#call', '#pusher')
    await page.emit('state', { state: 'failed', reason: 'camera-refused' }, '#call', '#pusher')
    await page.emit('state', { state: 'failed', reason: 'microphone-refused' }, '#call', '#pusher')
    expect(
      [app.call.noteNetwork, app.call.cameraFailed, app.call.microphoneRefused].map(({ mock }) => mock.calls),
    ).toEqual([[['weak']], [[]], [[]]])
    app.call.become(roomEnded())
    await settle()
    expect([page.has('#call', '#pusher'), page.has('#call', '.player')]).toEqual([false, false])
  })
})

test('on a hidden page shows and holds nothing', async () => {
  const { page, become } = await below({ phase: 'idle' })
  await page.run('onHide')
  await become(talking())
  expect(said(page)).toBe('')
  expect(holdsMedia(page)).toBe(false)
})

test('changes its language at once', async () => {
  const { app, page } = await below(outgoing())
  app.settings.change({ language: 'en' })
  await settle()
  expect(said(page)).toBe(texts('banner', 'en').calling.replace('{name}', 'bob'))
})

test.each([
  [true, 'padding-top: calc(16rpx + 20px)'],
  [false, ''],
])('leaves the status bar free on a page with its own navigation bar: %s', async (custom, style) => {
  const banner = await mountComponent('components/call-banner/call-banner', { custom }, fakeApp({ call: incoming() }))
  await banner.run('onShow')
  expect(banner.attributes('#banner')['style']).toBe(style)
})
