import { leaves, leavesInWords } from '../../../miniprogram/pages/settings/leaves'
import { DEFAULT_SETTINGS } from '../../../miniprogram/services/settings'
import { texts } from '../../../miniprogram/texts/index'
import { fakeApp, mountPage, type FakeApp, type Mounted } from '../../support/simulate'
import { attribute, send, words } from '../../support/nodes'

const SIGNED_IN = { phase: 'signed-in', account: 'alice', service: 'http://127.0.0.1:8360', online: true } as const

async function open(options: Parameters<typeof fakeApp>[0] = {}): Promise<{ app: FakeApp; page: Mounted }> {
  const app = fakeApp({ session: SIGNED_IN, ...options, settings: { language: 'en', ...options.settings } })
  return { app, page: await mountPage('pages/settings/settings', { app }) }
}
test.each(['recordAudio', 'recordVideo', 'rtmpRecord', 'hostSpeaker', 'microphone', 'cameraOn', 'mirror'] as const)(
  'the switch of %s is kept at once',
  async (key) => {
    const { app, page } = await open()
    const before = app.settings.get()[key]
    await page.emit('change', { value: !before }, `#${key}`, '.switch')
    expect(app.settings.get()).toEqual({ ...DEFAULT_SETTINGS, language: 'en', [key]: !before })
    expect(wx.setStorageSync).toHaveBeenLastCalledWith('netcall:settings', expect.objectContaining({ [key]: !before }))
  },
)

test.each([
  ['camera', 'back'],
  ['beauty', 'soft'],
  ['quality', 'high'],
  ['language', 'zh'],
] as const)('the choice of %s is kept at once', async (key, value) => {
  const { app, page } = await open()
  const choices = page.all(`#${key}`, '.choice')
  await send(
    choices.find((choice) => choice.dom?.dataset['value'] === value),
    'tap',
  )
  expect(app.settings.get()[key]).toBe(value)
})

test('choosing the current value changes nothing', async () => {
  const { page } = await open()
  jest.mocked(wx.setStorageSync).mockClear()
  await page.tap('#camera', '.chosen')
  expect(wx.setStorageSync).not.toHaveBeenCalled()
})

test('an invalid value becomes the default', async () => {
  const { app, page } = await open({ settings: { quality: 'high' } })
  await page.emit('choose', { value: 'colossal' }, '#quality')
  expect(app.settings.get().quality).toBe(DEFAULT_SETTINGS.quality)
})

test('the file types are radio cells with a description', async () => {
  const { app, page } = await open()
  const kinds = page.all('.kind')
  expect(kinds.map(words)).toEqual([
    "Singles and mix Each person's own .aac and .mp4, and one mixed file",
    'Mix only One .mp4 with both sides in it, or an .aac without a picture',
    "Singles only Each person's own .aac and .mp4",
  ])
  expect(kinds.map((kind) => attribute(kind, 'aria-checked'))).toEqual([true, false, false])
  await send(kinds[2], 'tap')
  expect(app.settings.get().recordType).toBe('2')
})

test('the summary follows each change', async () => {
  const { app, page } = await open()
  expect(page.text('.summary')).toContain('A video call leaves: no file')
  app.settings.change({ recordAudio: true, recordVideo: true, recordType: '2' })
  expect(page.text('.summary')).toContain('A video call leaves: your .aac, your .mp4')
  expect(page.text('.summary')).toContain('An audio call leaves: your .aac')
})

test.each([
  // audio, video, type: after a video call, after an audio call
  [false, false, '0', [], []],
  [false, false, '1', [], []],
  [false, false, '2', [], []],
  [true, false, '0', ['ownAac', 'mixedAac'], ['ownAac', 'mixedAac']],
  [true, false, '1', ['mixedAac'], ['mixedAac']],
  [true, false, '2', ['ownAac'], ['ownAac']],
  [false, true, '0', ['ownSilentMp4', 'mixedMp4'], []],
  [false, true, '1', ['mixedMp4'], []],
  [false, true, '2', ['ownSilentMp4'], []],
  [true, true, '0', ['ownAac', 'ownMp4', 'mixedMp4'], ['ownAac', 'mixedAac']],
  [true, true, '1', ['mixedMp4'], ['mixedAac']],
  [true, true, '2', ['ownAac', 'ownMp4'], ['ownAac']],
] as const)('sound %s, picture %s, type %s', (recordAudio, recordVideo, recordType, video, audio) => {
  const settings = { ...DEFAULT_SETTINGS, recordAudio, recordVideo, recordType }
  expect(leaves(settings, 'video')).toEqual(video)
  expect(leaves(settings, 'audio')).toEqual(audio)
})

test('the summary lists the files', () => {
  const settings = { ...DEFAULT_SETTINGS, recordAudio: true, recordVideo: true }
  expect(leavesInWords(settings, 'video', texts('settings', 'en'))).toBe('your .aac, your .mp4, the mixed .mp4')
  expect(leavesInWords(settings, 'audio', texts('settings', 'zh'))).toBe('您的\u00a0.aac、混合\u00a0.aac')
  expect(leavesInWords(DEFAULT_SETTINGS, 'audio', texts('settings', 'zh'))).toBe('没有文件')
})

test('video without audio is explained at its switch', async () => {
  const { app, page } = await open({ settings: { recordVideo: true } })
  expect(page.text()).toContain('in video calls, without sound')
  app.settings.change({ recordAudio: true })
  expect(page.text()).not.toContain('in video calls, without sound')
})

test('the language changes at once', async () => {
  const { app, page } = await open()
  expect(page.text()).toContain('Record sound')
  app.settings.change({ language: 'zh' })
  expect(page.text()).toContain('录制声音')
  expect(page.text()).not.toContain('Record sound')
  expect(page.text('.summary')).toContain('视频通话留下：没有文件')
  expect(wx.setNavigationBarTitle).toHaveBeenLastCalledWith({ title: '设置' })
  expect(wx.setTabBarItem).toHaveBeenCalledWith({ index: 0, text: '通讯录' })
  expect(page.data['qualities']).toEqual([
    { value: 'smooth', label: '流畅' },
    { value: 'standard', label: '标准' },
    { value: 'high', label: '高清' },
  ])
})

test('shows the signed-in account, and signs out after a confirmation', async () => {
  const { app, page } = await open()
  expect(words(page.find('.who'))).toBe('alice http://127.0.0.1:8360')
  Object.assign(wx, { showModal: jest.fn(({ success }) => success({ confirm: false })) })
  await page.tap('.sign-out')
  expect(app.session.signOut).not.toHaveBeenCalled()
  Object.assign(wx, { showModal: jest.fn(({ success }) => success({ confirm: true })) })
  await page.tap('.sign-out')
  expect(app.session.signOut).toHaveBeenCalledTimes(1)
  app.session.become({ phase: 'signed-out', problem: null })
  expect(words(page.find('.who'))).toBe('Not signed in')
  expect(page.has('.sign-out')).toBe(false)
})
