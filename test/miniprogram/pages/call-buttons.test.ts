import { seenCall, type CallPage } from '../../support/call-page'
import { localMedia, talking } from '../../support/calls'
import { livePushers } from '../../support/simulate'

beforeEach(() => jest.useFakeTimers())
afterEach(() => jest.useRealTimers())

test('each control does its one thing', async () => {
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

test('the flipped camera is the native one’s', async () => {
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
  test('turns the mirror off and on, for now and later', async () => {
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
  test('makes it an audio call', async () => {
    const view = await seenCall()
    await choose('切换为语音通话', view)
    expect(view.app.call.switchToAudio).toHaveBeenCalledTimes(1)
  })
})
