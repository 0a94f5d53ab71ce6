import type { CallState } from '../../../miniprogram/call/state'
import { openCall, ownMedia, seenCall } from '../../support/call-page'
import { ended, localMedia, talking } from '../../support/calls'

beforeEach(() => jest.useFakeTimers())
afterEach(() => jest.useRealTimers())

const audio = (videoRequest: 'none' | 'asking' | 'asked' | 'declined' | 'unanswered' = 'none'): CallState =>
  talking({ kind: 'audio', local: localMedia({ camera: false }), videoRequest })

describe('from audio to video', () => {
  test('is asked for by a button of the audio call', async () => {
    const { app, page } = await openCall(audio())
    await page.tap('#controls', '#video')
    expect(app.call.askForVideo).toHaveBeenCalledTimes(1)
  })
  test('my question waits, and can be taken back', async () => {
    const { app, page } = await openCall(audio('asking'))
    expect(page.text('#video-request .card-text')).toBe('正在等待 bob 同意视频通话…')
    await page.tap('#withdraw')
    expect(app.call.switchToAudio).toHaveBeenCalledTimes(1)
  })
  test('the other side’s question is agreed to or declined', async () => {
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
  test('the question comes before my own trouble, which comes back after it', async () => {
    const { page, become } = await seenCall()
    await ownMedia(page, 'failed', 'not-supported')
    await become(audio('asked'))
    expect(page.has('#failure')).toBe(false)
    await become(audio())
    expect(page.text('#failure .card-text')).toBe('此设备无法发送画面和声音')
  })
})

describe('what the end offers', () => {
  test('to call again', async () => {
    const { app, page } = await openCall(ended({ reason: 'no-answer' }))
    await page.tap('#redial')
    expect(app.entry.place).toHaveBeenCalledWith('bob', 'video')
  })
  test('to keep calling someone who is offline', async () => {
    const { app, page } = await openCall(ended({ reason: 'peer-offline', kind: 'audio' }))
    await page.tap('#keep-calling')
    expect(app.entry.place).toHaveBeenCalledWith('bob', 'audio', { keepCalling: true })
  })
  test('to close it', async () => {
    const { app, page } = await openCall(ended({ reason: 'peer-busy' }))
    await page.tap('#close')
    expect(app.call.dismiss).toHaveBeenCalledTimes(1)
  })
  test('nothing after a call that just ended', async () => {
    const { page } = await openCall(ended({ reason: 'peer-hung-up' }))
    expect(page.has('#ending')).toBe(false)
  })
})

describe('a failure of my media', () => {
  test('without a microphone there is no call: it ends, with the way to the settings', async () => {
    const { app, page, become } = await seenCall()
    await ownMedia(page, 'failed', 'microphone-refused')
    expect(app.call.microphoneRefused).toHaveBeenCalledTimes(1)
    await become(ended({ reason: 'microphone-refused' }))
    expect(page.text('#cover .words')).toBe('没有麦克风权限，无法通话')
    await page.tap('#open-settings')
    expect(wx.openSetting).toHaveBeenCalledTimes(1)
  })
  test('refused by the phone, the button leads to the phone’s settings', async () => {
    const { page } = await openCall(ended({ reason: 'microphone-refused' }))
    jest.mocked(wx.getAppAuthorizeSetting).mockReturnValue({
      ...wx.getAppAuthorizeSetting(),
      microphoneAuthorized: 'denied',
    })
    await page.tap('#open-settings')
    expect(wx.openAppAuthorizeSetting).toHaveBeenCalledTimes(1)
    expect(wx.openSetting).not.toHaveBeenCalled()
  })
  test('without a camera the call goes on with sound', async () => {
    const { app, page, become } = await seenCall()
    await ownMedia(page, 'failed', 'camera-refused')
    expect(app.call.cameraFailed).toHaveBeenCalledTimes(1)
    await become(talking({ local: localMedia({ camera: false }) }))
    await ownMedia(page, 'playing')
    expect(page.text('#failure .card-text')).toBe('小程序没有摄像头权限，通话以语音继续')
    await page.tap('#dismiss')
    expect(page.has('#failure')).toBe(false)
  })
  test('the sentence goes when the camera is on again', async () => {
    const { page, become } = await seenCall(talking({ local: localMedia({ camera: false }) }))
    await ownMedia(page, 'failed', 'camera-failed')
    expect(page.has('#open-settings')).toBe(false)
    await become(talking())
    expect(page.has('#failure')).toBe(false)
  })
})
