/** The settings page of an app with a template for reminders of calls. */
import { fakeApp, mountPage, type Mounted } from '../../support/simulate'
import { words } from '../../support/nodes'

jest.mock('../../../miniprogram/config', () => ({
  ...jest.requireActual<object>('../../../miniprogram/config'),
  REMINDER_TEMPLATE: 'template-1',
}))

async function open(): Promise<Mounted> {
  return await mountPage('pages/settings/settings', { app: fakeApp({ settings: { language: 'en' } }) })
}
type Options = WechatMiniprogram.RequestSubscribeMessageOption
const asks = jest.fn<void, [Options]>()
beforeEach(() => {
  asks.mockReset()
  Object.assign(wx, { requestSubscribeMessage: asks })
})
const failed = (errCode: number) => Object({ errCode, errMsg: 'requestSubscribeMessage:fail' })

test.each<[string, (options: Options) => void, string | null]>([
  ['accepts', ({ success }) => success?.(Object({ 'template-1': 'accept' })), 'The next reminder is allowed'],
  ['refuses', ({ success }) => success?.(Object({ 'template-1': 'reject' })), null],
  [
    'has switched all off',
    ({ fail }) => fail?.(failed(20004)),
    'First switch on subscription messages in this app’s settings',
  ],
  ['has too old a WeChat', ({ fail }) => fail?.(failed(10001)), null],
])('a tap asks for the next reminder: the user %s', async (_, answer, said) => {
  asks.mockImplementation(answer)
  const page = await open()
  expect(page.all('.remind').map(words)).toEqual([
    'Call reminder If somebody calls while this app is closed, WeChat tells you once. Tap to allow the next one',
  ])
  jest.mocked(wx.showToast).mockClear()
  await page.tap('.remind')
  expect(asks.mock.calls.map(([{ tmplIds }]) => tmplIds)).toEqual([['template-1']])
  expect(jest.mocked(wx.showToast).mock.calls.map(([options]) => options?.title)).toEqual(said === null ? [] : [said])
})
