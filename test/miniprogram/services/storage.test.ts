/** @jest-environment node */
import { load, save } from '../../../miniprogram/services/storage'
import { SettingsStore } from '../../../miniprogram/services/settings'
import { fakeApp } from '../../support/fake-app'
import { resetWx, store } from '../../support/fake-wx'

const broken = (): never => {
  throw new Error('storage is broken')
}
const isText = (value: unknown): boolean => typeof value === 'string'

beforeEach(() => {
  Object.assign(globalThis, { wx: {} })
  resetWx()
  jest.spyOn(console, 'warn').mockImplementation(() => {})
})
afterEach(() => jest.restoreAllMocks())

test('keys of the app are not touched', () => {
  for (const key of ['session', 'settings']) store(key, { of: 'the app' })
  const app = fakeApp()
  app.settings.change({ recordAudio: true })
  save('session', { account: 'alice' })
  for (const key of ['session', 'settings']) expect(wx.getStorageSync(key)).toEqual({ of: 'the app' })
  expect(new SettingsStore().get().recordAudio).toBe(true)
  expect(load('session', isText)).toEqual({ account: 'alice' })
})

test('an own value without the prefix is moved once', () => {
  store('name', 'old')
  expect(load('name', isText)).toBe('old')
  expect([wx.getStorageSync('name'), wx.getStorageSync('netcall:name')]).toEqual(['', 'old'])
  save('name', 'new')
  store('name', 'of the app')
  expect(load('name', isText)).toBe('new')
  expect(wx.getStorageSync('name')).toBe('of the app')
})

test("the app's value without the prefix stays", () => {
  store('name', 7)
  expect(load('name', isText)).toBeUndefined()
  expect(wx.getStorageSync('name')).toBe(7)
})

test('settings of version 0.1.0, which had fewer, are taken over', () => {
  store('settings', { recordAudio: true, recordType: '1' })
  expect(new SettingsStore().get()).toMatchObject({ recordAudio: true, recordType: '1', beauty: 'off' })
  expect(wx.getStorageSync('settings')).toBe('')
})

test('a storage that throws stops nothing', () => {
  Object.assign(wx, { getStorageSync: broken, setStorageSync: broken, removeStorageSync: broken })
  expect(load('name', isText)).toBeUndefined()
  save('name', 'alice')
  const settings = new SettingsStore()
  settings.change({ recordVideo: true })
  expect(settings.get().recordVideo).toBe(true)
})
