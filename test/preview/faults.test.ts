/** Faults of a phone as seen by a mini-program's scripts. Sockets and media have their own tests. */
import type { Phone } from '../../preview/runtime/phone'
import { advance, controlClock, useRealTime } from '../support/clock'
import { eventsOf, find, startPhone } from './support/jsdom-phone'

const click = (text: string): void => {
  const button = [...document.querySelectorAll('button')].find((each) => each.textContent === text)
  if (!button) throw new Error(`no button "${text}"`)
  button.click()
}
const flip = (name: string): void => document.querySelector<HTMLInputElement>(`input[name="${name}"]`)?.click()
const settled = (): Promise<void> => Promise.resolve()
const authSetting = () =>
  new Promise((resolve) => wx.getSetting({ success: ({ authSetting }) => resolve(authSetting) }))

const requirePrivacy = (): Promise<string> =>
  new Promise((told) => {
    wx.requirePrivacyAuthorize({ success: () => told('agreed'), fail: ({ errMsg }) => told(errMsg) })
  })
const privacyNeeded = (): Promise<boolean> =>
  new Promise((told) => wx.getPrivacySetting({ success: ({ needAuthorization }) => told(needAuthorization) }))
const networkType = (): Promise<string> =>
  new Promise((told) => wx.getNetworkType({ success: ({ networkType }) => told(networkType) }))

let phone: Phone
let changes: number
beforeEach(async () => {
  phone = await startPhone()
  changes = 0
  phone.faults.changes.add(() => changes++)
})
afterEach(useRealTime)

describe('permissions', () => {
  test('are unknown until they are requested', async () => {
    expect(await authSetting()).toEqual({})
    await wx.authorize({ scope: 'scope.record' })
    expect(await authSetting()).toEqual({ 'scope.record': true })
  })

  test('denied by the user stay denied until the settings allow them', async () => {
    phone.faults.permission('camera', 'refused')
    expect(changes).toBe(1)
    await expect(wx.authorize({ scope: 'scope.camera' })).rejects.toMatchObject({ errMsg: 'authorize:fail auth deny' })
    expect(await authSetting()).toEqual({ 'scope.camera': false })
    const opened = wx.openSetting()
    await settled()
    // Only requested permissions can be granted.
    expect(document.querySelectorAll('.phone-sheet input')).toHaveLength(1)
    flip('scope.camera')
    click('Done')
    expect(await opened).toMatchObject({ authSetting: { 'scope.camera': true } })
    expect(phone.faults.state.permissions.camera).toBe('granted')
  })

  test('denied by the system can only be granted by the system', async () => {
    phone.faults.permission('microphone', 'refused-by-system')
    await expect(wx.authorize({ scope: 'scope.record' })).rejects.toMatchObject({
      errMsg: 'authorize:fail system permission denied',
    })
    expect(wx.getAppAuthorizeSetting()).toMatchObject({
      microphoneAuthorized: 'denied',
      cameraAuthorized: 'authorized',
    })
    const shown = jest.fn()
    wx.onAppShow(shown)
    void wx.openAppAuthorizeSetting({})
    await settled()
    expect(phone.faults.state.background).toBe(true)
    flip('microphone')
    click('Done')
    await settled()
    expect(shown).toHaveBeenCalledTimes(1)
    expect(wx.getAppAuthorizeSetting().microphoneAuthorized).toBe('authorized')
    await expect(wx.authorize({ scope: 'scope.record' })).resolves.toBeDefined()
  })

  test('can be denied from the start by the URL', async () => {
    phone = await startPhone('?refuse=camera,album&refuse-by-system=microphone&lang=en')
    expect(phone.faults.state.permissions).toEqual({
      camera: 'refused',
      microphone: 'refused-by-system',
      album: 'refused',
    })
  })
})

describe('privacy', () => {
  type Resolve = (answer: { event: string; buttonId?: string }) => void
  let resolve: Resolve
  const listener = jest.fn((given: unknown) => {
    resolve = (answer) => void (typeof given === 'function' && Reflect.apply(given, null, [answer]))
  })

  test('is accepted unless the fault is on', async () => {
    expect(await privacyNeeded()).toBe(false)
    expect(await requirePrivacy()).toBe('agreed')
  })

  test('asks the script, which passes on the tapped button', async () => {
    phone.faults.privacyNeeded(true)
    wx.onNeedPrivacyAuthorization(listener)
    expect(await privacyNeeded()).toBe(true)
    const [first, device] = [requirePrivacy(), wx.authorize({ scope: 'scope.record' })]
    await settled()
    expect(listener.mock.calls.map(([, info]: unknown[]) => info)).toEqual([
      { referrer: 'requirePrivacyAuthorize' },
      { referrer: 'authorize' },
    ])
    expect(() => resolve({ event: 'agree', buttonId: 'agree' })).toThrow('nobody has tapped')
    find(phone, '[id="agree"]').click()
    expect(eventsOf(phone)).toContainEqual(['agreed'])
    expect(await privacyNeeded()).toBe(false)
    for (const [given] of listener.mock.calls)
      if (typeof given === 'function') given({ event: 'agree', buttonId: 'agree' })
    expect(await first).toBe('agreed')
    await device
  })

  test('refused fails the request', async () => {
    phone.faults.privacyNeeded(true)
    wx.onNeedPrivacyAuthorization(listener)
    const asked = requirePrivacy()
    await settled()
    resolve({ event: 'disagree' })
    expect(await asked).toBe('requirePrivacyAuthorize:fail privacy permission is not authorized')
    expect(await privacyNeeded()).toBe(true)
  })

  test('is asked by WeChat itself if the script does not listen', async () => {
    phone = await startPhone('?privacy=needed&lang=en')
    wx.openPrivacyContract({})
    await settled()
    expect(document.querySelector('.phone-modal')?.textContent).toContain('camera and microphone')
    click('OK')
    const asked = requirePrivacy()
    await settled()
    click('Agree')
    expect(await asked).toBe('agreed')
    expect(await privacyNeeded()).toBe(false)
  })
})

describe('the network', () => {
  test('is lost, and returns after its time', async () => {
    controlClock()
    const heard: unknown[] = []
    wx.onNetworkStatusChange((change) => heard.push(change))
    phone.faults.dropNetwork(5_000)
    expect(phone.faults.state).toMatchObject({ network: false, networkBackAt: Date.now() + 5_000 })
    expect(await networkType()).toBe('none')
    const failed = new Promise((told) => wx.request({ url: 'http://127.0.0.1/', fail: told }))
    await expect(failed).resolves.toMatchObject({ errMsg: 'request:fail errcode:-106 net::ERR_INTERNET_DISCONNECTED' })
    await advance(4_999)
    expect(phone.faults.state.network).toBe(false)
    await advance(1)
    expect(await networkType()).toBe('wifi')
    expect(phone.faults.state.networkBackAt).toBeNull()
    expect(heard).toEqual([
      { isConnected: false, networkType: 'none' },
      { isConnected: true, networkType: 'wifi' },
    ])
  })

  test('follows the last switch', async () => {
    controlClock()
    phone.faults.dropNetwork(1_000)
    phone.faults.dropNetwork(20_000)
    await advance(10_000)
    expect(phone.faults.state.network).toBe(false)
    phone.faults.network(true)
    phone.faults.network(false)
    await advance(60_000)
    expect(phone.faults.state.network).toBe(false)
  })
})

describe('the background', () => {
  test('is reported to page and app, and so is the return', () => {
    const heard: string[] = []
    const page = phone.router.current?.instance
    Object.assign(page ?? {}, { onHide: () => heard.push('page hides'), onShow: () => heard.push('page shows') })
    wx.onAppHide(() => heard.push('app hides'))
    wx.onAppShow(() => heard.push('app shows'))
    phone.faults.background(true)
    phone.faults.background(true)
    expect(document.querySelector<HTMLElement>('.phone-home')?.hidden).toBe(false)
    click('Back to it')
    expect(heard).toEqual(['page hides', 'app hides', 'app shows', 'page shows'])
    expect(document.querySelector<HTMLElement>('.phone-home')?.hidden).toBe(true)
  })

  test('suspends timers after five seconds; due ones fire once on return', async () => {
    controlClock()
    const heard: string[] = []
    const { setTimeout, setInterval, clearTimeout, clearInterval } = phone.timers.globals
    setTimeout(() => heard.push('early'), 4_000)
    setTimeout((word) => heard.push(String(word)), 6_000, 'late')
    clearTimeout(setTimeout(() => heard.push('never'), 6_000))
    const rhythm = setInterval(() => heard.push('beat'), 3_000)
    expect(phone.timers.size).toBe(3)
    phone.faults.background(true)
    await advance(30_000)
    expect(heard).toEqual(['beat', 'early'])
    phone.faults.background(false)
    await advance(0)
    expect(heard).toEqual(['beat', 'early', 'late', 'beat'])
    await advance(3_000)
    expect(heard.at(-1)).toBe('beat')
    clearInterval(rhythm)
    expect(phone.timers.size).toBe(0)
  })

  test('queues events for suspended scripts', async () => {
    controlClock()
    const heard: unknown[] = []
    wx.onNetworkStatusChange(({ isConnected }) => heard.push(isConnected))
    phone.faults.background(true)
    await advance(5_000)
    phone.faults.network(false)
    expect(heard).toEqual([])
    phone.faults.background(false)
    expect(heard).toEqual([false])
  })
})

test('an interruption begins and ends, also if a script removes all listeners', () => {
  const heard: string[] = []
  wx.onAudioInterruptionBegin(() => heard.push('begin'))
  wx.onAudioInterruptionEnd(() => heard.push('end'))
  phone.faults.interrupt(true)
  phone.faults.interrupt(true)
  phone.faults.interrupt(false)
  expect(heard).toEqual(['begin', 'end'])
  wx.offAudioInterruptionBegin()
  phone.faults.interrupt(true)
  expect(heard).toEqual(['begin', 'end'])
})

test('the DevTools simulator identifies itself', () => {
  phone.faults.simulator(true)
  expect(wx.getDeviceInfo().platform).toBe('devtools')
  phone.faults.simulator(false)
  expect(wx.getDeviceInfo().platform).toBe('android')
})

test('vibrations are counted, and the kept-on screen is known', async () => {
  await wx.vibrateLong()
  await wx.vibrateShort({ type: 'medium' })
  expect(phone.vibrations).toBe(2)
  await wx.setKeepScreenOn({ keepScreenOn: true })
  expect(phone.screenKeptOn).toBe(true)
})
