import { startPhone, find } from './support/jsdom-phone'

const problems = (): string => document.querySelector('.phone-problems')?.textContent ?? ''
let shown: jest.SpyInstance
beforeEach(() => {
  shown = jest.spyOn(console, 'error').mockImplementation(() => undefined)
})
afterEach(() => shown.mockRestore())

test('an unknown tag is named on the screen and in the console', async () => {
  const phone = await startPhone()
  expect(problems()).toBe('')
  try {
    phone.router.navigateTo('/pages/broken/broken')
  } catch {
    // The caller of the navigation gets the error, too.
  }
  expect(problems()).toContain('<hologram> is not simulated')
  expect(shown.mock.calls.flat().map(String).join()).toContain('<hologram>')
})

test('an unsimulated part of wx is named, even if the script catches it', async () => {
  await startPhone()
  expect(() => Reflect.get(wx, 'startBeaconDiscovery')).toThrow('wx.startBeaconDiscovery is not simulated')
  expect(problems()).toContain('wx.startBeaconDiscovery')
})

test("an error in a page's code is shown and the phone continues", async () => {
  const phone = await startPhone()
  const page = phone.router.current?.instance
  Object.assign(page ?? {}, {
    onTap() {
      throw new Error('oh no')
    },
  })
  phone.problems.show(new Error('oh no'), 'onTap')
  expect(problems()).toContain('onTap: Error: oh no')
  expect(find(phone, '.title').textContent).toBe('hello!')
})
