import type { CallState, EndReason } from '../../../miniprogram/call/state'
import { endings } from '../../../miniprogram/texts/endings'
import { type CallPage, openCall, ownMedia, pass, peerMedia, seenCall } from '../../support/call-page'
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
import { roomInvited, roomJoining } from '../../support/rooms'
import {
  changePhone,
  fakeApp,
  type FakeApp,
  livePushers,
  type Mounted,
  mountPage,
  settle,
} from '../../support/simulate'

const REASONS = Object.keys(endings.zh).filter((key): key is EndReason => key in endings.zh)

beforeEach(() => jest.useFakeTimers())
afterEach(() => jest.useRealTimers())

describe('states of a call', () => {
  test('outgoing shows avatar, name, “calling”, and a cancel button', async () => {
    const { app, page } = await openCall(outgoing())
    expect(page.text('.name')).toBe('bob')
    expect(page.text('#cover .words')).toBe('正在呼叫…')
    expect(page.find('#peer-avatar').data['account']).toBe('bob')
    expect(page.has('#player')).toBe(false)
    expect(page.has('#pusher')).toBe(false)
    expect(page.find('#controls').data).toMatchObject({ ringing: true, kind: 'video', flippable: false })
    await page.tap('#controls', '#hangup')
    expect(app.call.hangUp).toHaveBeenCalledTimes(1)
  })

  test('connecting prepares the media', async () => {
    const { page } = await openCall(connecting())
    expect(page.text('#cover .words')).toBe('正在接通…')
    expect(page.find('#pusher').data['url']).toBe('')
    expect(page.find('#player').data['src']).toBe('')
    expect(page.find('#controls').data).toMatchObject({ ringing: false })
  })

  test('connected plays both streams, and shows the video when it arrives', async () => {
    const { page } = await openCall(talking({ local: localMedia({ facing: 'back' }) }), {
      settings: { camera: 'back', quality: 'high', beauty: 'soft' },
    })
    expect(page.find('#pusher').data).toMatchObject({
      url: 'rtmp://service/live/alice',
      microphone: true,
      camera: true,
      facing: 'back',
      mirror: true,
      beauty: 'soft',
      quality: 'high',
    })
    expect(page.find('#player').data).toMatchObject({
      src: 'http://service/live/bob.flv',
      speaker: true,
      picture: true,
    })
    expect(page.text('#cover .words')).toBe('正在接通…')
    expect(page.text('#cover .elapsed')).toBe('00:00')
    await peerMedia(page, 'playing')
    expect(page.has('#cover')).toBe(false)
    expect(page.text('.who')).toBe('bob00:00')
  })

  test('connected shows that nothing arrives yet', async () => {
    const { page } = await openCall(talking({ remote: remoteMedia({ url: null, uid: null }) }))
    expect(page.text('#cover .words')).toBe('等待对方接入…')
  })

  test('reconnecting is shown over the video', async () => {
    const { page, become } = await seenCall()
    await become(reconnecting())
    expect(page.has('#cover')).toBe(false)
    expect(page.text('#peer .caption')).toBe('网络中断，正在重连…')
  })
  test('a restarting stream shows avatar and text instead of a black box', async () => {
    const { page, become } = await seenCall()
    await become(reconnecting())
    await peerMedia(page, 'stalled', 'restarting')
    await ownMedia(page, 'stalled', 'restarting')
    expect(page.text('#cover .words')).toBe('网络中断，正在重连…')
    expect(page.text('#own-cover .words')).toBe('网络不佳')
    await become(talking())
    await peerMedia(page, 'playing')
    await ownMedia(page, 'playing')
    expect(page.has('#cover')).toBe(false)
    expect(page.has('#own-cover')).toBe(false)
  })

  test('incoming, idle and a room keep what is shown', async () => {
    const { page, become } = await openCall(ended({ reason: 'peer-hung-up' }))
    await become({ phase: 'idle' })
    expect(page.text('#cover .words')).toBe('bob 已挂断')
    for (const next of [incoming({ peer: 'carol' }), roomInvited(), roomJoining()]) {
      await become(next)
      await pass(1_000)
      expect(page.text('#cover .words')).toBe('bob 已挂断')
    }
  })

  test.each(REASONS)('ended: %s has its sentence, and nothing is running', async (reason) => {
    const { page, become } = await seenCall()
    await become(ended({ reason, duration: 65_000 }))
    expect(page.text('#cover .words')).toBe(endings.zh[reason].replace('{name}', 'bob'))
    expect(page.text('#cover .elapsed')).toBe('01:05')
    expect(page.has('#pusher')).toBe(false)
    expect(page.has('#player')).toBe(false)
    expect(page.has('#controls')).toBe(false)
    expect(page.has('#leave')).toBe(false)
    expect(page.has('#recording')).toBe(false)
  })

  test('a call that was never answered has no duration', async () => {
    const { page } = await openCall(ended({ reason: 'no-answer' }))
    expect(page.has('.elapsed')).toBe(false)
  })
})

describe('texts on the video', () => {
  test.each([
    ['camera off', { camera: false }, 'playing', undefined, '摄像头已关闭', true],
    ['muted', { microphone: false }, 'playing', undefined, '对方已静音', false],
    ['muted, camera off', { microphone: false, camera: false }, 'playing', undefined, '对方已静音，摄像头已关闭', true],
    [
      'the same, while nothing arrives',
      { microphone: false, camera: false },
      'failed',
      'network',
      '对方已静音，摄像头已关闭',
      true,
    ],
    ['weak network', {}, 'stalled', 'network', '网络不佳', false],
    ['nothing can be played', {}, 'failed', 'network', '暂时收不到对方，正在重试…', true],
    ['a player that cannot', {}, 'failed', 'not-supported', '此设备无法播放对方的画面', true],
    ['the simulator', {}, 'failed', 'simulator', '音视频需要真机或浏览器预览', true],
    ['its own weak network', { network: 'weak' }, 'playing', undefined, 'bob 的网络不佳', false],
    ['its own weak network, stalling', { network: 'weak' }, 'stalled', 'network', 'bob 的网络不佳', false],
    ['in the background or in a phone call', { away: true }, 'playing', undefined, 'bob 暂时离开', true],
  ] as const)('%s', async (_case, remote, state, reason, words, covered) => {
    const { page } = await openCall(talking({ remote: remoteMedia(remote) }))
    await peerMedia(page, state, reason)
    expect(page.has('#cover')).toBe(covered)
    expect(page.text(covered ? '#cover .words' : '#peer .caption')).toBe(words)
  })

  test('of the local picture: camera off, weak network, interrupted', async () => {
    const { page, become } = await seenCall()
    expect(page.has('#own-cover')).toBe(false)
    await ownMedia(page, 'stalled', 'network')
    expect(page.text('#own .caption')).toBe('网络不佳')
    await ownMedia(page, 'stalled', 'interrupted')
    expect(page.text('#own .caption')).toBe('通话被来电打断')
    await ownMedia(page, 'playing')
    expect(page.has('#own .caption')).toBe(false)
    await become(talking({ local: localMedia({ camera: false }) }))
    expect(page.text('#own-cover .words')).toBe('摄像头已关闭')
    expect(page.find('#own-avatar').data['account']).toBe('alice')
    expect(page.find('#controls').data).toMatchObject({ camera: false, flippable: false })
  })
})

test('the timer counts from the answer, also while reconnecting', async () => {
  const answeredAt = Date.now()
  const { page, become } = await seenCall(talking({ answeredAt }))
  await page.emit('statechange', { code: 2004 }, '#player', '#player')
  await page.emit('statechange', { code: 1002 }, '#pusher', '#pusher')
  await pass(61_000)
  expect(page.text('.who')).toBe('bob01:01')
  await become(reconnecting({ answeredAt }))
  await pass(2_000)
  expect(page.text('.who')).toBe('bob01:03')
})

test('an audio call shows the avatar with a ring that follows the voice, and no video', async () => {
  const { page } = await openCall(talking({ kind: 'audio', local: localMedia({ camera: false }) }))
  await peerMedia(page, 'playing')
  expect(page.text('.name')).toBe('bob')
  expect(page.text('#cover .elapsed')).toBe('00:00')
  expect(page.has('#cover .words')).toBe(false)
  expect(page.attributes('#own')['class']).toContain('unseen')
  expect(page.has('.ring')).toBe(false)
  await page.emit('level', { level: 0.52 }, '#player')
  await page.emit('level', { level: 0.1 }, '#player')
  await pass(1_000)
  expect(page.attributes('.ring')['style']).toBe('transform: scale(1.175)')
  await page.emit('level', { level: 0 }, '#player')
  await pass(1_000)
  expect(page.has('.ring')).toBe(false)
  await pass(10_000)
  expect(page.attributes('#foot')['class']).not.toContain('faded')
})

describe('recording', () => {
  test.each([
    ['nobody', {}, {}, false],
    ['me', { recording: { audio: true, video: false } }, {}, true],
    ['the other side', {}, { recording: { audio: false, video: true } }, true],
  ])('is shown when made by %s', async (_who, local, remote, told) => {
    const { page } = await openCall(talking({ local: localMedia(local), remote: remoteMedia(remote) }))
    expect(page.has('#recording')).toBe(told)
  })
  test('is shown when the peer announces it, also while the controls are hidden', async () => {
    const { page, become } = await seenCall()
    await become(talking({ remote: remoteMedia({ recording: { audio: true, video: true } }) }))
    await pass(5_000)
    expect(page.attributes('#foot')['class']).toContain('faded')
    expect(page.text('#recording')).toBe('录制中')
  })
})

test('the DevTools simulator shows that media need a phone', async () => {
  changePhone({ platform: 'devtools' })
  const { page } = await openCall(talking())
  expect(page.text('#cover .words')).toBe('音视频需要真机或浏览器预览')
  expect(page.has('#failure')).toBe(false)
})

test('the language changes at once', async () => {
  const { app, page } = await openCall(talking({ remote: remoteMedia({ camera: false }) }))
  await peerMedia(page, 'playing')
  app.settings.change({ language: 'en' })
  await settle()
  expect(page.text('#cover .words')).toBe('Camera off')
  expect(page.text('#controls')).toContain('Hang up')
  expect(wx.setNavigationBarTitle).toHaveBeenLastCalledWith({ title: 'Call' })
})

describe('leaving the page', () => {
  test('ends nothing: the banner of the page below takes over the media', async () => {
    const { app, page } = await seenCall()
    await page.tap('#leave')
    expect(wx.navigateBack).toHaveBeenCalledTimes(1)
    app.mediaOwner.acquire(() => {})
    await settle()
    expect(page.has('#pusher')).toBe(false)
    await page.unmount()
    expect(app.call.hangUp).not.toHaveBeenCalled()
    expect(livePushers().flatMap(({ calls }) => calls)).toEqual(['start', 'stop'])
  })
  test('leaves nothing running after the end', async () => {
    const { app, page, become } = await seenCall()
    await become(ended())
    await page.unmount()
    expect(jest.getTimerCount()).toBe(0)
    app.call.become(talking())
  })
  test('a new page takes the media from the banner', async () => {
    const app = fakeApp({ call: talking() })
    const revoked = jest.fn()
    app.mediaOwner.acquire(() => {}, revoked)
    const page = await mountPage('pages/call/call', { app })
    await settle()
    expect(revoked).toHaveBeenCalledTimes(1)
    expect(page.has('#pusher')).toBe(true)
  })
})

// The page of an ended call continues with the next one, without any media state yet.

async function talk(): Promise<{ page: Mounted; become(...states: CallState[]): Promise<void> }> {
  const app: FakeApp = fakeApp({ call: talking() })
  const page = await mountPage('pages/call/call', { app })
  await settle()
  return {
    page,
    async become(...states) {
      for (const state of states) {
        app.call.become(state)
        await settle()
      }
    },
  }
}

test("the other side's picture is waited for again", async () => {
  const { page, become } = await talk()
  await page.emit('state', { state: 'playing' }, '#player')
  expect(page.has('#cover')).toBe(false)
  await become(ended({ reason: 'peer-lost' }), outgoing(), connecting(), talking())
  expect(page.text('#cover .words')).toBe('正在接通…')
  await page.emit('state', { state: 'playing' }, '#player')
  expect(page.has('#cover')).toBe(false)
})

test.each([
  ['network', '您的画面和声音发送失败，正在重试…'],
  ['camera-failed', '摄像头无法使用，通话以语音继续'],
])("the last call's failure is not shown in the next call: %s", async (reason, words) => {
  const { page, become } = await talk()
  await page.emit('state', { state: 'failed', reason }, '#pusher')
  expect(page.text('#failure .card-text')).toBe(words)
  await become(ended({ reason: 'connection-lost' }), outgoing())
  expect(page.has('#failure')).toBe(false)
  await become(connecting(), talking())
  expect(page.has('#failure')).toBe(false)
})

test('each control has its effect', async () => {
  const { app, page } = await seenCall()
  await page.tap('#controls', '#microphone')
  await page.tap('#controls', '#camera')
  await page.tap('#controls', '#speaker')
  await page.tap('#controls', '#flip')
  await page.tap('#controls', '#hangup')
  expect(app.call.toggleMicrophone).toHaveBeenCalledTimes(1)
  expect(app.call.toggleCamera).toHaveBeenCalledTimes(1)
  expect(app.call.toggleSpeaker).toHaveBeenCalledTimes(1)
  expect(app.call.hangUp).toHaveBeenCalledTimes(1)
  expect(app.call.flipCamera).toHaveBeenCalledTimes(1)
})

test('flipping uses the native camera', async () => {
  const { become } = await seenCall()
  await become(talking({ local: localMedia({ facing: 'back' }) }))
  expect(livePushers().flatMap(({ calls }) => calls)).toContain('switchCamera')
})

const choose = async (label: string, { page }: CallPage): Promise<void> => {
  jest.mocked(wx.showActionSheet).mockImplementation(({ itemList, success }) => {
    success?.({ tapIndex: itemList.indexOf(label), errMsg: '' })
    return Promise.resolve({ tapIndex: 0, errMsg: '' })
  })
  await page.tap('#controls', '#more')
}

describe('more', () => {
  test('switches the mirror, for now and later', async () => {
    const view = await seenCall()
    await choose('关闭镜像', view)
    expect(view.page.find('#pusher').data['mirror']).toBe(false)
    expect(view.app.settings.get().mirror).toBe(false)
    await choose('打开镜像', view)
    expect(view.page.find('#pusher').data['mirror']).toBe(true)
  })
  test('smooths the face', async () => {
    const view = await seenCall()
    await choose('美颜：明显', view)
    expect(view.page.find('#pusher').data['beauty']).toBe('strong')
  })
  test('turns it into an audio call', async () => {
    const view = await seenCall()
    await choose('切换为语音通话', view)
    expect(view.app.call.switchToAudio).toHaveBeenCalledTimes(1)
  })
})

const quality = (page: Mounted, id: string, value: string): Promise<void> =>
  page.emit('quality', { quality: value }, id)
const bars = (page: Mounted): unknown => page.find('#network').data['quality']
const ownBars = (page: Mounted): unknown => page.find('#own-network').data['quality']

describe('the network', () => {
  test('is sent to the controller, and shown on the local picture', async () => {
    const { app, page, become } = await seenCall()
    expect(ownBars(page)).toBe('')
    await quality(page, '#pusher', 'weak')
    expect(app.call.noteNetwork).toHaveBeenLastCalledWith('weak')
    await become(talking({ local: localMedia({ network: 'fair' }) }))
    await pass(1_000)
    expect(ownBars(page)).toBe('fair')
    expect(bars(page)).toBe('')
  })
  test('of the peer is the worse of announced and received quality', async () => {
    const { page, become } = await seenCall()
    expect(bars(page)).toBe('')
    await quality(page, '#player', 'fair')
    await pass(1_000)
    expect(bars(page)).toBe('fair')
    await become(talking({ remote: remoteMedia({ network: 'weak' }) }))
    await pass(1_000)
    expect(bars(page)).toBe('weak')
    await become(talking({ remote: remoteMedia({ network: 'good' }) }))
    await pass(1_000)
    expect(bars(page)).toBe('fair')
  })
  test('is weak while a stream stalls, and not shown while reconnecting', async () => {
    const { page, become } = await seenCall()
    await quality(page, '#player', 'good')
    await peerMedia(page, 'stalled', 'network')
    await pass(1_000)
    expect(bars(page)).toBe('weak')
    await peerMedia(page, 'playing')
    await pass(1_000)
    expect(bars(page)).toBe('good')
    await become(reconnecting())
    expect(bars(page)).toBe('')
  })
  test('of an audio call is the worse of both, beside the timer', async () => {
    const audio = { kind: 'audio', local: localMedia({ camera: false, network: 'weak' }) } as const
    const { page } = await openCall(talking(audio))
    await peerMedia(page, 'playing')
    await quality(page, '#player', 'fair')
    expect(page.find('#cover .bars').data['quality']).toBe('weak')
    expect(page.text('#cover .words')).toBe('您的网络不佳')
  })
})

test('nothing is expected from a peer in the background', async () => {
  const { page, become } = await seenCall(talking())
  expect(page.find('#player').data).toMatchObject({ picture: true, sound: true })
  await become(talking({ remote: remoteMedia({ away: true }) }))
  expect(page.find('#player').data).toMatchObject({ picture: false, sound: false })
})
