/** @jest-environment node */
import { Language } from '../../../miniprogram/services/language'
import { DEFAULT_SETTINGS, SettingsStore } from '../../../miniprogram/services/settings'
import { fill, texts } from '../../../miniprogram/texts/index'
import { changePhone, resetWx, store } from '../../support/fake-wx'

beforeEach(() => {
  Object.assign(globalThis, { wx: {} })
  resetWx()
})

test('settings are stored on the phone', () => {
  new SettingsStore().change({ recordAudio: true, recordType: '2' })
  expect(new SettingsStore().get()).toEqual({ ...DEFAULT_SETTINGS, recordAudio: true, recordType: '2' })
})

test('invalid stored values become defaults, the others are kept', () => {
  store('netcall:settings', {
    recordAudio: 'yes',
    recordVideo: true,
    recordType: 7,
    quality: 'best',
    beauty: 9,
    mirror: 'no',
    language: 'en',
  })
  expect(new SettingsStore().get()).toEqual({ ...DEFAULT_SETTINGS, recordVideo: true, language: 'en' })
  store('netcall:settings', 'garbage')
  expect(new SettingsStore().get()).toEqual(DEFAULT_SETTINGS)
})

test('subscribers are notified until they unsubscribe', () => {
  const settings = new SettingsStore()
  const heard: boolean[] = []
  const stop = settings.subscribe(({ recordAudio }) => heard.push(recordAudio))
  settings.change({ recordAudio: true })
  stop()
  settings.change({ recordAudio: false })
  expect(heard).toEqual([true])
})

test.each([
  ['zh_CN', 'zh'],
  ['zh_TW', 'zh'],
  ['en', 'en'],
  ['fr', 'en'],
])("the phone's language %s shows %s", (language, shown) => {
  changePhone({ language })
  expect(new Language(new SettingsStore()).code).toBe(shown)
})

test("a page's texts follow the language setting until it unsubscribes", () => {
  const settings = new SettingsStore()
  const language = new Language(settings)
  const shown: unknown[] = []
  const stop = language.follow({ setData: (data) => shown.push(data['t']) }, 'common')
  settings.change({ language: 'en' })
  settings.change({ recordAudio: true })
  stop()
  settings.change({ language: 'zh' })
  expect(shown).toEqual([{ common: texts('common', 'zh') }, { common: texts('common', 'en') }])
})

test("values are inserted into a text's placeholders", () => {
  expect(fill('{name} 已挂断 {x}', { name: '$& bob' })).toBe('$& bob 已挂断 {x}')
})
