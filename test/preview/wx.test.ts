import { deferred } from '../support/deferred'
import { startPhone } from './support/jsdom-phone'

const click = (text: string): void => {
  const button = [...document.querySelectorAll('button')].find((each) => each.textContent === text)
  if (!button) throw new Error(`no button "${text}"`)
  button.click()
}

test('storage is per account and keeps types', async () => {
  await startPhone('?account=alice')
  wx.setStorageSync('settings', { on: true, count: 2 })
  expect(wx.getStorageSync('settings')).toEqual({ on: true, count: 2 })
  expect(wx.getStorageSync('nothing')).toBe('')
  expect(localStorage.getItem('phone:alice:settings')).not.toBeNull()
  wx.removeStorageSync('settings')
  expect(wx.getStorageSync('settings')).toBe('')
})

test('functions answer by callbacks or by a promise', async () => {
  await startPhone()
  await expect(wx.getStorage({ key: 'gone' })).rejects.toMatchObject({ errMsg: 'getStorage:fail data not found' })
  const told: string[] = []
  await new Promise<void>((resolve) => {
    wx.setStorage({
      key: 'a',
      data: 1,
      success: () => told.push('success'),
      complete: () => resolve(told.push('complete') > 0 ? undefined : undefined),
    })
  })
  expect(told).toEqual(['success', 'complete'])
})

test('modal and action sheet wait for a tap', async () => {
  await startPhone('?lang=en')
  const answer = wx.showModal({ title: 'Sure?', content: 'Really' })
  await Promise.resolve()
  click('OK')
  expect(await answer).toMatchObject({ confirm: true, cancel: false })
  const sheet = wx.showActionSheet({ itemList: ['one', 'two'] })
  await Promise.resolve()
  click('two')
  expect(await sheet).toMatchObject({ tapIndex: 1 })
  const cancelled = wx.showActionSheet({ itemList: ['one'] })
  await Promise.resolve()
  click('Cancel')
  await expect(cancelled).rejects.toMatchObject({ errMsg: 'showActionSheet:fail cancel' })
  expect(document.querySelector('.phone-mask')).toBeNull()
})

test('a code is pasted where there is no camera to scan it', async () => {
  await startPhone('?lang=en')
  const scanned = wx.scanCode({})
  await Promise.resolve()
  const field = document.querySelector<HTMLInputElement>('.phone-modal input')
  expect(field?.placeholder).toBe('Paste what the code says')
  if (field) field.value = 'http://192.168.1.20:8360'
  click('OK')
  expect(await scanned).toMatchObject({ result: 'http://192.168.1.20:8360', scanType: 'QR_CODE' })
  for (const button of ['Cancel', 'OK']) {
    const nothing = wx.scanCode({})
    await Promise.resolve()
    click(button)
    await expect(nothing).rejects.toMatchObject({ errMsg: 'scanCode:fail cancel' })
  }
})

test("the phone is not DevTools, and has its query's language", async () => {
  await startPhone('?lang=zh_CN&theme=dark')
  expect(wx.getDeviceInfo().platform).toBe('android')
  expect(wx.getAppBaseInfo()).toMatchObject({ language: 'zh_CN', theme: 'dark' })
})

/** A service that sends a file in two parts, the second one on demand. */
function serve(): { rest(): void } {
  const rest = deferred<{ value: Uint8Array }>()
  const pieces = [Promise.resolve({ value: new Uint8Array(25) }), rest.promise, Promise.resolve({ done: true })]
  Object.assign(globalThis, {
    fetch: async (_: string, { signal }: RequestInit) => {
      const aborted = new Promise<never>((_resolve, reject) => {
        if (signal?.aborted) reject(signal.reason)
        signal?.addEventListener('abort', () => reject(signal.reason))
      })
      const read = () => Promise.race([pieces.shift(), aborted])
      return { status: 200, headers: { get: () => '100' }, body: { getReader: () => ({ read }) } }
    },
  })
  return { rest: () => rest.resolve({ value: new Uint8Array(75) }) }
}

describe('files', () => {
  /** Downloads of the browser, as `name: URL`. */
  let saved: string[]
  beforeEach(() => {
    saved = []
    jest.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
      saved.push(`${this.download}: ${this.href}`)
    })
    Object.assign(URL, { createObjectURL: () => 'blob:file' })
  })
  afterEach(() => jest.restoreAllMocks())

  test('a download reports its progress and ends in a file of the phone', async () => {
    await startPhone()
    const { rest } = serve()
    const told: number[] = []
    const ended = new Promise<object>((success) => {
      const task = wx.downloadFile({ url: 'http://host/a.aac', success })
      task.onProgressUpdate(({ progress }) => told.push(progress))
    })
    await new Promise((resolve) => setTimeout(resolve))
    expect(told).toEqual([25])
    rest()
    expect(await ended).toMatchObject({ statusCode: 200, tempFilePath: 'blob:file' })
    expect(told).toEqual([25, 100])
  })

  test('an aborted download fails', async () => {
    await startPhone()
    serve()
    const failed = new Promise<object>((fail) => {
      wx.downloadFile({ url: 'http://host/a.aac', fail }).abort()
    })
    expect(await failed).toMatchObject({ errMsg: 'downloadFile:fail abort' })
  })

  test('a video is saved to the album, which may be denied; other files go to a chat', async () => {
    const phone = await startPhone()
    await wx.saveVideoToPhotosAlbum({ filePath: 'blob:a' })
    phone.faults.permission('album', 'refused')
    await expect(wx.saveVideoToPhotosAlbum({ filePath: 'blob:a' })).rejects.toMatchObject({
      errMsg: 'saveVideoToPhotosAlbum:fail auth deny',
    })
    await wx.shareFileMessage({ filePath: 'blob:b', fileName: 'b.aac' })
    expect(saved).toEqual(['video.mp4: blob:a', 'b.aac: blob:b'])
  })

  test('a mini-program can query which APIs exist', async () => {
    await startPhone()
    expect([wx.canIUse('shareFileMessage'), wx.canIUse('downloadFile.object.url'), wx.canIUse('teleport')]).toEqual([
      true,
      true,
      false,
    ])
  })
})
