import type { CallState } from '../../../miniprogram/call/state'
import { home, keepInside } from '../../../miniprogram/pages/call/small-picture'
import { openCall, ownMedia, pass, seenCall } from '../../support/call-page'
import { connecting, ended, localMedia, outgoing, reconnecting, talking } from '../../support/calls'
import type { Mounted } from '../../support/simulate'

const place = (page: Mounted, id = '#own'): unknown => page.attributes(id)['style']
const drag = async (page: Mounted, from: [number, number], to: [number, number], id = '#own'): Promise<void> => {
  await page.touch('touchstart', ...from, id)
  await page.touch('touchmove', ...to, id)
  await page.touch('touchend', ...to, id)
}

beforeEach(() => jest.useFakeTimers())
afterEach(() => jest.useRealTimers())

describe('the small picture', () => {
  test('is the local one, in the upper right', async () => {
    const { page } = await seenCall()
    expect(page.attributes('#own')['class']).toContain('small')
    expect(page.attributes('#peer')['class']).toContain('large')
    expect(place(page)).toBe('left: 263px; top: 68px')
  })
  test('follows the finger and stops at the edges', async () => {
    const { page } = await seenCall()
    await drag(page, [300, 100], [200, 300])
    expect(place(page)).toBe('left: 163px; top: 268px')
    await drag(page, [200, 300], [-500, 2000])
    expect(place(page)).toBe('left: 12px; top: 575px')
  })
  test('is not moved by a finger on the large picture', async () => {
    const { page } = await seenCall()
    await drag(page, [100, 400], [10, 500], '#peer')
    expect(place(page)).toBe('left: 263px; top: 68px')
  })
  test('is swapped by a tap, and keeps its position', async () => {
    const { page } = await seenCall()
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
  test("is no longer the peer's when the call ends: the end is shown large", async () => {
    const { page, become } = await seenCall()
    await page.tap('#own')
    await become(ended({ reason: 'peer-hung-up', duration: 65_000 }))
    expect(page.attributes('#peer')).toMatchObject({ style: '', 'aria-role': '' })
    expect(page.attributes('#peer')['class']).toContain('large')
    expect(page.text('#cover')).toBe('Bbobbob 已挂断01:05')
    expect(page.find('#peer-avatar').data['size']).toBe(240)
  })
  test('is not a button in an audio call', async () => {
    const { page, become } = await seenCall()
    expect(page.attributes('#own')).toMatchObject({ 'aria-role': 'button', 'aria-label': '放大我的画面' })
    await become(talking({ kind: 'audio' }))
    expect(page.attributes('#own')).toMatchObject({ 'aria-role': '', 'aria-label': '' })
  })
  test('stays on the screen when the screen rotates', async () => {
    const { page } = await seenCall()
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

describe('the position of the small picture', () => {
  const phone = { width: 375, height: 720, top: 20, bottom: 700 }

  test("begins in the upper right corner, below WeChat's button", () => {
    expect(home(phone)).toEqual({ x: 263, y: 68 })
  })
  test.each([
    ['inside', { x: 100, y: 300 }, { x: 100, y: 300 }],
    ['beyond the left and the top', { x: -50, y: -50 }, { x: 12, y: 20 }],
    ['beyond the right and the bottom', { x: 999, y: 999 }, { x: 263, y: 555 }],
  ])('stays on the screen: %s', (_where, point, kept) => {
    expect(keepInside(phone, point)).toEqual(kept)
  })
})

const faded = (page: Mounted): boolean => String(page.attributes('#foot')['class']).includes('faded')

describe('the controls of a video call', () => {
  test('fade after four seconds and come back on a tap', async () => {
    const { page } = await seenCall()
    await pass(3_999)
    expect(faded(page)).toBe(false)
    await pass(1)
    expect(faded(page)).toBe(true)
    await page.tap('#peer')
    expect(faded(page)).toBe(false)
    await pass(4_000)
    expect(faded(page)).toBe(true)
  })
  test('are hidden by a tap on the picture, and kept by a tap on a control', async () => {
    const { page } = await seenCall()
    await pass(3_000)
    await page.tap('#controls', '#microphone')
    await pass(3_000)
    expect(faded(page)).toBe(false)
    await page.tap('#peer')
    expect(faded(page)).toBe(true)
  })
  test('come back and stay when it becomes an audio call', async () => {
    const { page, become } = await seenCall()
    await pass(4_000)
    expect(faded(page)).toBe(true)
    await become(talking({ kind: 'audio' }))
    await pass(10_000)
    expect(faded(page)).toBe(false)
  })
  test('come back for a question, and fade after its answer', async () => {
    const { page, become } = await seenCall()
    await pass(4_000)
    await ownMedia(page, 'failed', 'not-supported')
    expect(faded(page)).toBe(false)
    await page.tap('#dismiss')
    await pass(4_000)
    expect(faded(page)).toBe(true)
    await become(talking())
    expect(faded(page)).toBe(true)
  })
  test('stay while ringing, connecting and reconnecting', async () => {
    const { page, become } = await openCall(outgoing())
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

const audio = (videoRequest: 'none' | 'asking' | 'asked' | 'declined' | 'unanswered' = 'none'): CallState =>
  talking({ kind: 'audio', local: localMedia({ camera: false }), videoRequest })

describe('from audio to video', () => {
  test('is requested by a button of the audio call', async () => {
    const { app, page } = await openCall(audio())
    await page.tap('#controls', '#video')
    expect(app.call.askForVideo).toHaveBeenCalledTimes(1)
  })
  test('waits with a way to withdraw', async () => {
    const { app, page } = await openCall(audio('asking'))
    expect(page.text('#video-request .card-text')).toBe('正在等待 bob 同意视频通话…')
    await page.tap('#withdraw')
    expect(app.call.switchToAudio).toHaveBeenCalledTimes(1)
  })
  test('is accepted or declined when the peer requests it', async () => {
    const { app, page } = await openCall(audio('asked'))
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
    const { page } = await openCall(audio(videoRequest))
    expect(page.text('#video-request')).toBe(words)
  })
  test('takes precedence over a local failure, which is shown afterwards', async () => {
    const { page, become } = await seenCall()
    await ownMedia(page, 'failed', 'not-supported')
    await become(audio('asked'))
    expect(page.has('#failure')).toBe(false)
    await become(audio())
    expect(page.text('#failure .card-text')).toBe('此设备无法发送画面和声音')
  })
})

describe('after the end', () => {
  test('the call can be made again', async () => {
    const { app, page } = await openCall(ended({ reason: 'no-answer' }))
    await page.tap('#redial')
    expect(app.entry.place).toHaveBeenCalledWith('bob', 'video')
  })
  test('an offline account can be called until it is online', async () => {
    const { app, page } = await openCall(ended({ reason: 'peer-offline', kind: 'audio' }))
    await page.tap('#keep-calling')
    expect(app.entry.place).toHaveBeenCalledWith('bob', 'audio', { keepCalling: true })
  })
  test('the page can be closed', async () => {
    const { app, page } = await openCall(ended({ reason: 'peer-busy' }))
    await page.tap('#close')
    expect(app.call.dismiss).toHaveBeenCalledTimes(1)
  })
  test('nothing is offered after a normal call', async () => {
    const { page } = await openCall(ended({ reason: 'peer-hung-up' }))
    expect(page.has('#ending')).toBe(false)
  })
})

describe('a failure of local media', () => {
  test('without a microphone ends the call, with the way to the settings', async () => {
    const { app, page, become } = await seenCall()
    await ownMedia(page, 'failed', 'microphone-refused')
    expect(app.call.microphoneRefused).toHaveBeenCalledTimes(1)
    await become(ended({ reason: 'microphone-refused' }))
    expect(page.text('#cover .words')).toBe('没有麦克风权限，无法通话')
    await page.tap('#open-settings')
    expect(wx.openSetting).toHaveBeenCalledTimes(1)
  })
  test("denied by the phone leads to the phone's settings", async () => {
    const { page } = await openCall(ended({ reason: 'microphone-refused' }))
    jest.mocked(wx.getAppAuthorizeSetting).mockReturnValue({
      ...wx.getAppAuthorizeSetting(),
      microphoneAuthorized: 'denied',
    })
    await page.tap('#open-settings')
    expect(wx.openAppAuthorizeSetting).toHaveBeenCalledTimes(1)
    expect(wx.openSetting).not.toHaveBeenCalled()
  })
  test('without a camera continues with audio', async () => {
    const { app, page, become } = await seenCall()
    await ownMedia(page, 'failed', 'camera-refused')
    expect(app.call.cameraFailed).toHaveBeenCalledTimes(1)
    await become(talking({ local: localMedia({ camera: false }) }))
    await ownMedia(page, 'playing')
    expect(page.text('#failure .card-text')).toBe('小程序没有摄像头权限，通话以语音继续')
    await page.tap('#dismiss')
    expect(page.has('#failure')).toBe(false)
  })
  test('disappears when the camera is on again', async () => {
    const { page, become } = await seenCall(talking({ local: localMedia({ camera: false }) }))
    await ownMedia(page, 'failed', 'camera-failed')
    expect(page.has('#open-settings')).toBe(false)
    await become(talking())
    expect(page.has('#failure')).toBe(false)
  })
})
