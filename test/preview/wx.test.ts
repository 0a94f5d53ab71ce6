import { startPhone } from './support/jsdom-phone'

const click = (text: string): void => {
  const button = [...document.querySelectorAll('button')].find((each) => each.textContent === text)
  if (!button) throw new Error(`no button "${text}"`)
  button.click()
}

test('storage is one account’s own and keeps types', async () => {
  await startPhone('?account=alice')
  wx.setStorageSync('settings', { on: true, count: 2 })
  expect(wx.getStorageSync('settings')).toEqual({ on: true, count: 2 })
  expect(wx.getStorageSync('nothing')).toBe('')
  expect(localStorage.getItem('phone:alice:settings')).not.toBeNull()
  wx.removeStorageSync('settings')
  expect(wx.getStorageSync('settings')).toBe('')
})

test('a function answers by callbacks or by a promise', async () => {
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

test('a modal and an action sheet wait for the finger', async () => {
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

test('the phone is none of DevTools, and speaks its query’s language', async () => {
  await startPhone('?lang=zh_CN&theme=dark')
  expect(wx.getDeviceInfo().platform).toBe('android')
  expect(wx.getAppBaseInfo()).toMatchObject({ language: 'zh_CN', theme: 'dark' })
})
