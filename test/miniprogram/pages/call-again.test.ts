/** The page of a call that is over goes on with the next one, of which nothing has been seen or heard yet. */
import type { CallState } from '../../../miniprogram/call/state'
import { connecting, ended, outgoing, talking } from '../../support/calls'
import { fakeApp, mountPage, settle, type FakeApp, type Mounted } from '../../support/simulate'

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

beforeEach(() => jest.useFakeTimers())
afterEach(() => jest.useRealTimers())

test('the other side’s picture is awaited anew', async () => {
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
])('what kept my own picture from going out is no word of the next call: %s', async (reason, words) => {
  const { page, become } = await talk()
  await page.emit('state', { state: 'failed', reason }, '#pusher')
  expect(page.text('#failure .card-text')).toBe(words)
  await become(ended({ reason: 'connection-lost' }), outgoing())
  expect(page.has('#failure')).toBe(false)
  await become(connecting(), talking())
  expect(page.has('#failure')).toBe(false)
})
