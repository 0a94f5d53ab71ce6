import type { CallState, EndReason } from '../../../miniprogram/call/state'
import { endings } from '../../../miniprogram/texts/endings'
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
import {
  changePhone,
  fakeApp,
  livePushers,
  mountPage,
  settle,
  type FakeApp,
  type Mounted,
} from '../../support/simulate'

const REASONS = Object.keys(endings.zh).filter((key): key is EndReason => key in endings.zh)

type View = { app: FakeApp; page: Mounted; become(call: CallState): Promise<void> }

async function open(call: CallState, options: Parameters<typeof fakeApp>[0] = {}): Promise<View> {
  const app = fakeApp({ ...options, call })
  const page = await mountPage('pages/call/call', { app })
  await settle()
  const become = async (next: CallState): Promise<void> => {
    app.call.become(next)
    await settle()
  }
  return { app, page, become }
}
const peerMedia = (page: Mounted, state: string, reason?: string): Promise<void> =>
  page.emit('state', { state, reason }, '#player')
const ownMedia = (page: Mounted, state: string, reason?: string): Promise<void> =>
  page.emit('state', { state, reason }, '#pusher')
const quality = (page: Mounted, id: string, value: string): Promise<void> =>
  page.emit('quality', { quality: value }, id)
const bars = (page: Mounted): unknown => page.find('#network').data['quality']
const ownBars = (page: Mounted): unknown => page.find('#own-network').data['quality']
async function pass(ms: number): Promise<void> {
  jest.advanceTimersByTime(ms)
  await settle()
}
async function seen(call: CallState = talking()): Promise<View> {
  const view = await open(call)
  await peerMedia(view.page, 'playing')
  return view
}
const faded = (page: Mounted): boolean => String(page.attributes('#foot')['class']).includes('faded')
const place = (page: Mounted, id = '#own'): unknown => page.attributes(id)['style']
const drag = async (page: Mounted, from: [number, number], to: [number, number], id = '#own'): Promise<void> => {
  await page.touch('touchstart', ...from, id)
  await page.touch('touchmove', ...to, id)
  await page.touch('touchend', ...to, id)
}

beforeEach(() => jest.useFakeTimers())
afterEach(() => jest.useRealTimers())

describe('the states of a call', () => {
  test('outgoing: the face, the name, “calling”, and a button that cancels', async () => {
    const { app, page } = await open(outgoing())
    expect(page.text('.name')).toBe('bob')
    expect(page.text('#cover .words')).toBe('正在呼叫…')
    expect(page.find('#peer-avatar').data['account']).toBe('bob')
    expect(page.has('#player')).toBe(false)
    expect(page.has('#pusher')).toBe(false)
    expect(page.find('#controls').data).toMatchObject({ ringing: true, kind: 'video', flippable: false })
    await page.tap('#controls', '#hangup')
    expect(app.call.hangUp).toHaveBeenCalledTimes(1)
  })

  test('connecting: the media are made ready', async () => {
    const { page } = await open(connecting())
    expect(page.text('#cover .words')).toBe('正在接通…')
    expect(page.find('#pusher').data['url']).toBe('')
    expect(page.find('#player').data['src']).toBe('')
    expect(page.find('#controls').data).toMatchObject({ ringing: false })
  })

  test('talking: both streams run, and the cover goes when the picture comes', async () => {
    const { page } = await open(talking({ local: localMedia({ facing: 'back' }) }), {
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

  test('talking, nothing arrives yet', async () => {
    const { page } = await open(talking({ remote: remoteMedia({ url: null, uid: null }) }))
    expect(page.text('#cover .words')).toBe('等待对方接入…')
  })

  test('reconnecting says so on the picture', async () => {
    const { page, become } = await seen()
    await become(reconnecting())
    expect(page.has('#cover')).toBe(false)
    expect(page.text('#peer .caption')).toBe('网络中断，正在重连…')
  })
  test('a stream that is started anew leaves no black box: the face and the words stand there', async () => {
    const { page, become } = await seen()
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

  test('incoming and idle are not this page’s: it keeps what it shows', async () => {
    const { page, become } = await open(ended({ reason: 'peer-hung-up' }))
    await become({ phase: 'idle' })
    expect(page.text('#cover .words')).toBe('bob 已挂断')
    await become(incoming({ peer: 'carol' }))
    expect(page.text('#cover .words')).toBe('bob 已挂断')
  })

  test.each(REASONS)('ended: %s has its sentence, and nothing runs any more', async (reason) => {
    const { page, become } = await seen()
    await become(ended({ reason, duration: 65_000 }))
    expect(page.text('#cover .words')).toBe(endings.zh[reason].replace('{name}', 'bob'))
    expect(page.text('#cover .elapsed')).toBe('01:05')
    expect(page.has('#pusher')).toBe(false)
    expect(page.has('#player')).toBe(false)
    expect(page.has('#controls')).toBe(false)
    expect(page.has('#leave')).toBe(false)
    expect(page.has('#recording')).toBe(false)
  })

  test('a call that was never answered has no length', async () => {
    const { page } = await open(ended({ reason: 'no-answer' }))
    expect(page.has('.elapsed')).toBe(false)
  })
})

describe('words on the picture', () => {
  test.each([
    ['camera off', { camera: false }, 'playing', undefined, '摄像头已关闭', true],
    ['muted', { microphone: false }, 'playing', undefined, '对方已静音', false],
    ['weak network', {}, 'stalled', 'network', '网络不佳', false],
    ['nothing can be played', {}, 'failed', 'network', '暂时收不到对方，正在重试…', true],
    ['a player that cannot', {}, 'failed', 'not-supported', '此设备无法播放对方的画面', true],
    ['the simulator', {}, 'failed', 'simulator', '音视频需要真机或浏览器预览', true],
    ['its own weak network', { network: 'weak' }, 'playing', undefined, 'bob 的网络不佳', false],
    ['its own weak network, stalling', { network: 'weak' }, 'stalled', 'network', 'bob 的网络不佳', false],
    ['in the background or in a phone call', { away: true }, 'playing', undefined, 'bob 暂时离开', true],
  ] as const)('%s', async (_case, remote, state, reason, words, covered) => {
    const { page } = await open(talking({ remote: remoteMedia(remote) }))
    await peerMedia(page, state, reason)
    expect(page.has('#cover')).toBe(covered)
    expect(page.text(covered ? '#cover .words' : '#peer .caption')).toBe(words)
  })

  test('my own picture: camera off, weak network, interrupted', async () => {
    const { page, become } = await seen()
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

test('the timer counts from the answer, also while it reconnects', async () => {
  const answeredAt = Date.now()
  const { page, become } = await seen(talking({ answeredAt }))
  await pass(61_000)
  expect(page.text('.who')).toBe('bob01:01')
  await become(reconnecting({ answeredAt }))
  await pass(2_000)
  expect(page.text('.who')).toBe('bob01:03')
})

test('an audio call has the face in the middle, a ring that moves with the voice, and no picture', async () => {
  const { page } = await open(talking({ kind: 'audio', local: localMedia({ camera: false }) }))
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

describe('the network', () => {
  test('of mine is told to the controller, and stands on my picture', async () => {
    const { app, page, become } = await seen()
    expect(ownBars(page)).toBe('')
    await quality(page, '#pusher', 'weak')
    expect(app.call.noteNetwork).toHaveBeenLastCalledWith('weak')
    await become(talking({ local: localMedia({ network: 'fair' }) }))
    await pass(1_000)
    expect(ownBars(page)).toBe('fair')
    expect(bars(page)).toBe('')
  })
  test('of the other side is the worse of what it says and of what comes in', async () => {
    const { page, become } = await seen()
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
  test('is weak while a stream stalls, and not judged while the call reconnects', async () => {
    const { page, become } = await seen()
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
  test('of an audio call is the worse of both, beside the timer, with a word for mine', async () => {
    const audio = { kind: 'audio', local: localMedia({ camera: false, network: 'weak' }) } as const
    const { page } = await open(talking(audio))
    await peerMedia(page, 'playing')
    await quality(page, '#player', 'fair')
    expect(page.find('#cover .bars').data['quality']).toBe('weak')
    expect(page.text('#cover .words')).toBe('您的网络不佳')
  })
})

describe('recording', () => {
  test.each([
    ['nobody', {}, {}, false],
    ['me', { recording: { audio: true, video: false } }, {}, true],
    ['the other side', {}, { recording: { audio: false, video: true } }, true],
  ])('is said when it is done by %s', async (_who, local, remote, told) => {
    const { page } = await open(talking({ local: localMedia(local), remote: remoteMedia(remote) }))
    expect(page.has('#recording')).toBe(told)
  })
  test('the badge comes when the other side says that it records, and stays when the controls fade', async () => {
    const { page, become } = await seen()
    await become(talking({ remote: remoteMedia({ recording: { audio: true, video: true } }) }))
    await pass(5_000)
    expect(page.attributes('#foot')['class']).toContain('faded')
    expect(page.text('#recording')).toBe('录制中')
  })
})

test('each control does its one thing', async () => {
  const { app, page } = await seen()
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

test('the flipped camera is the native one’s', async () => {
  const { become } = await seen()
  await become(talking({ local: localMedia({ facing: 'back' }) }))
  expect(livePushers().flatMap(({ calls }) => calls)).toContain('switchCamera')
})

const choose = async (label: string, { page }: View): Promise<void> => {
  jest.mocked(wx.showActionSheet).mockImplementation(({ itemList, success }) => {
    success?.({ tapIndex: itemList.indexOf(label), errMsg: '' })
    return Promise.resolve({ tapIndex: 0, errMsg: '' })
  })
  await page.tap('#controls', '#more')
}

describe('more', () => {
  test('turns the mirror off and on, for now and later', async () => {
    const view = await seen()
    await choose('关闭镜像', view)
    expect(view.page.find('#pusher').data['mirror']).toBe(false)
    expect(view.app.settings.get().mirror).toBe(false)
    await choose('打开镜像', view)
    expect(view.page.find('#pusher').data['mirror']).toBe(true)
  })
  test('smooths the face', async () => {
    const view = await seen()
    await choose('美颜：明显', view)
    expect(view.page.find('#pusher').data['beauty']).toBe('strong')
  })
  test('makes it an audio call', async () => {
    const view = await seen()
    await choose('切换为语音通话', view)
    expect(view.app.call.switchToAudio).toHaveBeenCalledTimes(1)
  })
})

const audio = (videoRequest: 'none' | 'asking' | 'asked' | 'declined' | 'unanswered' = 'none'): CallState =>
  talking({ kind: 'audio', local: localMedia({ camera: false }), videoRequest })

describe('from audio to video', () => {
  test('is asked for by a button of the audio call', async () => {
    const { app, page } = await open(audio())
    await page.tap('#controls', '#video')
    expect(app.call.askForVideo).toHaveBeenCalledTimes(1)
  })
  test('my question waits, and can be taken back', async () => {
    const { app, page } = await open(audio('asking'))
    expect(page.text('#video-request .card-text')).toBe('正在等待 bob 同意视频通话…')
    await page.tap('#withdraw')
    expect(app.call.switchToAudio).toHaveBeenCalledTimes(1)
  })
  test('the other side’s question is agreed to or declined', async () => {
    const { app, page } = await open(audio('asked'))
    expect(page.text('#video-request .card-text')).toBe('bob 想切换为视频通话')
    await page.tap('#agree')
    expect(app.call.answerVideo).toHaveBeenLastCalledWith(true)
    await page.tap('#decline')
    expect(app.call.answerVideo).toHaveBeenLastCalledWith(false)
  })
  test.each([
    ['declined', 'bob 不同意视频通话'],
    ['unanswered', 'bob 没有回应视频请求'],
  ] as const)('%s is said', async (videoRequest, words) => {
    const { page } = await open(audio(videoRequest))
    expect(page.text('#video-request')).toBe(words)
  })
  test('the question comes before my own trouble, which comes back after it', async () => {
    const { page, become } = await seen()
    await ownMedia(page, 'failed', 'not-supported')
    await become(audio('asked'))
    expect(page.has('#failure')).toBe(false)
    await become(audio())
    expect(page.text('#failure .card-text')).toBe('此设备无法发送画面和声音')
  })
})

describe('what the end offers', () => {
  test('to call again', async () => {
    const { app, page } = await open(ended({ reason: 'no-answer' }))
    await page.tap('#redial')
    expect(app.entry.place).toHaveBeenCalledWith('bob', 'video')
  })
  test('to keep calling someone who is offline', async () => {
    const { app, page } = await open(ended({ reason: 'peer-offline', kind: 'audio' }))
    await page.tap('#keep-calling')
    expect(app.entry.place).toHaveBeenCalledWith('bob', 'audio', { keepCalling: true })
  })
  test('to close it', async () => {
    const { app, page } = await open(ended({ reason: 'peer-busy' }))
    await page.tap('#close')
    expect(app.call.dismiss).toHaveBeenCalledTimes(1)
  })
  test('nothing after a call that just ended', async () => {
    const { page } = await open(ended({ reason: 'peer-hung-up' }))
    expect(page.has('#ending')).toBe(false)
  })
})

describe('the controls of a video call', () => {
  test('fade after four seconds and come back on a tap', async () => {
    const { page } = await seen()
    await pass(3_999)
    expect(faded(page)).toBe(false)
    await pass(1)
    expect(faded(page)).toBe(true)
    await page.tap('#peer')
    expect(faded(page)).toBe(false)
    await pass(4_000)
    expect(faded(page)).toBe(true)
  })
  test('a tap on the picture hides them at once, a tap on a control keeps them', async () => {
    const { page } = await seen()
    await pass(3_000)
    await page.tap('#controls', '#microphone')
    await pass(3_000)
    expect(faded(page)).toBe(false)
    await page.tap('#peer')
    expect(faded(page)).toBe(true)
  })
  test('come back when the call becomes an audio call, and stay', async () => {
    const { page, become } = await seen()
    await pass(4_000)
    expect(faded(page)).toBe(true)
    await become(talking({ kind: 'audio' }))
    await pass(10_000)
    expect(faded(page)).toBe(false)
  })
  test('come back for a question, and fade after its answer', async () => {
    const { page, become } = await seen()
    await pass(4_000)
    await ownMedia(page, 'failed', 'not-supported')
    expect(faded(page)).toBe(false)
    await page.tap('#dismiss')
    await pass(4_000)
    expect(faded(page)).toBe(true)
    await become(talking())
    expect(faded(page)).toBe(true)
  })
  test('stay while it rings, connects and reconnects', async () => {
    const { page, become } = await open(outgoing())
    await pass(10_000)
    await page.tap('#peer')
    expect(faded(page)).toBe(false)
    await become(connecting())
    await pass(10_000)
    expect(faded(page)).toBe(false)
    await become(talking())
    await pass(4_000)
    expect(faded(page)).toBe(true)
    await become(reconnecting())
    await pass(10_000)
    expect(faded(page)).toBe(false)
  })
})

describe('the small picture', () => {
  test('is mine, in the upper right', async () => {
    const { page } = await seen()
    expect(page.attributes('#own')['class']).toContain('small')
    expect(page.attributes('#peer')['class']).toContain('large')
    expect(place(page)).toBe('left: 263px; top: 68px')
  })
  test('follows the finger and stops at the edges', async () => {
    const { page } = await seen()
    await drag(page, [300, 100], [200, 300])
    expect(place(page)).toBe('left: 163px; top: 268px')
    await drag(page, [200, 300], [-500, 2000])
    expect(place(page)).toBe('left: 12px; top: 575px')
  })
  test('a finger on the large picture moves nothing', async () => {
    const { page } = await seen()
    await drag(page, [100, 400], [10, 500], '#peer')
    expect(place(page)).toBe('left: 263px; top: 68px')
  })
  test('a tap swaps the pictures, and the place stays where it was put', async () => {
    const { page } = await seen()
    await drag(page, [300, 100], [200, 300])
    await page.tap('#own')
    expect(page.attributes('#own')['class']).toContain('large')
    expect(page.attributes('#peer')['class']).toContain('small')
    expect(place(page)).toBe('')
    expect(place(page, '#peer')).toBe('left: 163px; top: 268px')
    expect(page.attributes('#peer')).toMatchObject({ 'aria-role': 'button', 'aria-label': '放大对方的画面' })
    await page.tap('#peer')
    expect(page.attributes('#own')['class']).toContain('small')
  })
  test('is the other side’s no more when the call ends: the last word stands large', async () => {
    const { page, become } = await seen()
    await page.tap('#own')
    await become(ended({ reason: 'peer-hung-up', duration: 65_000 }))
    expect(page.attributes('#peer')).toMatchObject({ style: '', 'aria-role': '' })
    expect(page.attributes('#peer')['class']).toContain('large')
    expect(page.text('#cover')).toBe('Bbobbob 已挂断01:05')
    expect(page.find('#peer-avatar').data['size']).toBe(240)
  })
  test('is no button in an audio call, which has none', async () => {
    const { page, become } = await seen()
    expect(page.attributes('#own')).toMatchObject({ 'aria-role': 'button', 'aria-label': '放大我的画面' })
    await become(talking({ kind: 'audio' }))
    expect(page.attributes('#own')).toMatchObject({ 'aria-role': '', 'aria-label': '' })
  })
  test('stays on the screen when the screen turns', async () => {
    const { page } = await seen()
    jest.mocked(wx.getWindowInfo).mockReturnValue({
      ...wx.getWindowInfo(),
      windowWidth: 300,
      windowHeight: 400,
      safeArea: { left: 0, right: 300, top: 0, bottom: 400, width: 300, height: 400 },
    })
    await page.run('onResize')
    expect(place(page)).toBe('left: 210px; top: 68px')
  })
})

describe('a failure of my media', () => {
  test('without a microphone there is no call: it ends, with the way to the settings', async () => {
    const { app, page, become } = await seen()
    await ownMedia(page, 'failed', 'microphone-refused')
    expect(app.call.microphoneRefused).toHaveBeenCalledTimes(1)
    await become(ended({ reason: 'microphone-refused' }))
    expect(page.text('#cover .words')).toBe('没有麦克风权限，无法通话')
    await page.tap('#open-settings')
    expect(wx.openSetting).toHaveBeenCalledTimes(1)
  })
  test('refused by the phone, the button leads to the phone’s settings', async () => {
    const { page } = await open(ended({ reason: 'microphone-refused' }))
    jest.mocked(wx.getAppAuthorizeSetting).mockReturnValue({
      ...wx.getAppAuthorizeSetting(),
      microphoneAuthorized: 'denied',
    })
    await page.tap('#open-settings')
    expect(wx.openAppAuthorizeSetting).toHaveBeenCalledTimes(1)
    expect(wx.openSetting).not.toHaveBeenCalled()
  })
  test('without a camera the call goes on with sound', async () => {
    const { app, page, become } = await seen()
    await ownMedia(page, 'failed', 'camera-refused')
    expect(app.call.cameraFailed).toHaveBeenCalledTimes(1)
    await become(talking({ local: localMedia({ camera: false }) }))
    await ownMedia(page, 'playing')
    expect(page.text('#failure .card-text')).toBe('小程序没有摄像头权限，通话以语音继续')
    await page.tap('#dismiss')
    expect(page.has('#failure')).toBe(false)
  })
  test('the sentence goes when the camera is on again', async () => {
    const { page, become } = await seen(talking({ local: localMedia({ camera: false }) }))
    await ownMedia(page, 'failed', 'camera-failed')
    expect(page.has('#open-settings')).toBe(false)
    await become(talking())
    expect(page.has('#failure')).toBe(false)
  })
})

test('in the DevTools simulator the page says that media need a phone', async () => {
  changePhone({ platform: 'devtools' })
  const { page } = await open(talking())
  expect(page.text('#cover .words')).toBe('音视频需要真机或浏览器预览')
  expect(page.has('#failure')).toBe(false)
})

test('the language changes at once, everywhere', async () => {
  const { app, page } = await open(talking({ remote: remoteMedia({ camera: false }) }))
  await peerMedia(page, 'playing')
  app.settings.change({ language: 'en' })
  await settle()
  expect(page.text('#cover .words')).toBe('Camera off')
  expect(page.text('#controls')).toContain('Hang up')
  expect(wx.setNavigationBarTitle).toHaveBeenLastCalledWith({ title: 'Call' })
})

describe('leaving the page', () => {
  test('ends nothing: the banner of the page below takes its media', async () => {
    const { app, page } = await seen()
    await page.tap('#leave')
    expect(wx.navigateBack).toHaveBeenCalledTimes(1)
    app.mediaSeat.take(() => {})
    await settle()
    expect(page.has('#pusher')).toBe(false)
    await page.unmount()
    expect(app.call.hangUp).not.toHaveBeenCalled()
    expect(livePushers().flatMap(({ calls }) => calls)).toEqual(['start', 'stop'])
  })
  test('after the end leaves nothing running', async () => {
    const { app, page, become } = await seen()
    await become(ended())
    await page.unmount()
    expect(jest.getTimerCount()).toBe(0)
    app.call.become(talking())
  })
  test('a page that opens takes the media from the banner', async () => {
    const app = fakeApp({ call: talking() })
    const revoked = jest.fn()
    app.mediaSeat.take(() => {}, revoked)
    const page = await mountPage('pages/call/call', { app })
    await settle()
    expect(revoked).toHaveBeenCalledTimes(1)
    expect(page.has('#pusher')).toBe(true)
  })
})
