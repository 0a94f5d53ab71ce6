import type { SignInProblem } from '../../../miniprogram/services/session'
import { deferred } from '../../support/deferred'
import { fakeApp, mountPage, settle, type FakeApp, type Mounted } from '../../support/simulate'
import { send, words } from '../../support/nodes'

const REMEMBERED = { account: 'alice', service: 'http://127.0.0.1:8360', accounts: ['alice', 'bob'] }
const OUT = { phase: 'signed-out', problem: null } as const

async function open(options: Parameters<typeof fakeApp>[0] = {}): Promise<{ app: FakeApp; page: Mounted }> {
  const app = fakeApp({ session: OUT, remembered: REMEMBERED, settings: { language: 'en' }, ...options })
  return { app, page: await mountPage('pages/login/login', { app }) }
}
async function type(page: Mounted, field: 'account' | 'service', value: string): Promise<void> {
  const [account, service] = page.all('.field')
  await send(field === 'account' ? account : service, 'input', { value })
}
function failWith(app: FakeApp, reason: SignInProblem['reason'], detail = ''): void {
  app.session.become({ phase: 'signed-out', problem: { reason, detail } })
}

test('the form is filled with the last sign-in', async () => {
  const { page } = await open()
  expect(page.data).toMatchObject({ account: 'alice', service: REMEMBERED.service })
  expect(page.all('.chip').map(words)).toEqual(['A alice', 'B bob'])
  expect(page.attributes('.chip.chosen')['data-account']).toBe('alice')
})

test('a new phone has no accounts to pick', async () => {
  const { page } = await open({ remembered: { account: '', service: REMEMBERED.service, accounts: [] } })
  expect(page.has('.chip')).toBe(false)
  expect(page.text()).not.toContain('Used before')
})

test('after signing out the last account is preselected', async () => {
  const { page } = await open({ remembered: { ...REMEMBERED, account: '' } })
  expect(page.data['account']).toBe('alice')
})

test('a picked account and a typed service sign in', async () => {
  const { app, page } = await open()
  await send(page.all('.chip')[1], 'tap')
  await type(page, 'service', 'http://192.168.1.20:8360')
  await page.tap('.sign-in')
  expect(app.session.signIn.mock.calls).toEqual([['bob', 'http://192.168.1.20:8360', null]])
})

test("the keyboard's confirm key signs in", async () => {
  const { app, page } = await open()
  await type(page, 'account', 'carol')
  await page.emit('confirm', { value: 'carol' }, '.field')
  expect(app.session.signIn).toHaveBeenCalledWith('carol', REMEMBERED.service, null)
})

test('the form is blocked while signing in', async () => {
  const { app, page } = await open()
  await page.tap('.sign-in')
  app.session.become({ phase: 'signing-in', account: 'alice', service: REMEMBERED.service })
  expect(page.text('.sign-in')).toBe('Signing in…')
  expect(page.has('.quiet')).toBe(false)
  await page.tap('.sign-in')
  await send(page.all('.chip')[1], 'tap')
  expect(app.session.signIn).toHaveBeenCalledTimes(1)
  expect(page.data['account']).toBe('alice')
})

test.each([
  ['invalid-account', '', 'Enter an account'],
  ['invalid-account', 'no spaces', 'The account may have 1 to 32 characters'],
] as const)('%s %j is said at the account', async (reason, account, sentence) => {
  const { app, page } = await open()
  await type(page, 'account', account)
  await page.tap('.sign-in')
  failWith(app, reason, account)
  expect(page.text('.hint.wrong')).toContain(sentence)
  expect(page.attributes('.field.wrong')['aria-label']).toBe('Account')
  await type(page, 'account', 'dave')
  expect(page.has('.wrong')).toBe(false)
})

test.each([
  ['', 'Enter the service address'],
  ['ftp://somewhere', 'The service address begins with http:// or https://'],
])('the service address %j is reported at the service', async (service, sentence) => {
  const { app, page } = await open()
  await type(page, 'service', service)
  await page.tap('.sign-in')
  failWith(app, 'invalid-service', service)
  expect(page.text('.hint.wrong')).toContain(sentence)
  expect(page.attributes('.field.wrong')['aria-label']).toBe('Service address')
})

test.each([
  ['unreachable', 'http://127.0.0.1:8360 cannot be reached.', 'Is npm start running'],
  ['refused', 'refused to sign alice in', 'The service says: no tokens here'],
  ['kicked', 'signed you out', 'alice may be in use on another device'],
] as const)('%s is a sentence and a way out, and the form can be sent again', async (reason, title, help) => {
  const { app, page } = await open()
  await page.tap('.sign-in')
  failWith(app, reason, 'no tokens here')
  expect(page.text('.problem-title')).toContain(title)
  expect(page.text('.problem')).toContain(help)
  await page.tap('.sign-in')
  expect(page.has('.problem')).toBe(false)
  expect(app.session.signIn).toHaveBeenCalledTimes(2)
})

test('a problem at the top is scrolled into view', async () => {
  const { app, page } = await open()
  await page.tap('.sign-in')
  expect(wx.pageScrollTo).not.toHaveBeenCalled()
  failWith(app, 'unreachable')
  expect(wx.pageScrollTo).toHaveBeenCalledWith({ scrollTop: 0 })
})

test('during a sign-in by launch the form is hidden', async () => {
  const { app, page } = await open({
    session: { phase: 'signing-in', account: 'erin', service: 'http://10.0.0.2:8360' },
  })
  expect(page.text()).toContain('erin')
  expect(page.text()).toContain('Signing in…')
  expect(page.has('.field')).toBe(false)
  failWith(app, 'unreachable')
  expect(page.data).toMatchObject({ account: 'erin', service: 'http://10.0.0.2:8360', quiet: false })
  expect(page.text('.problem-title')).toContain('http://10.0.0.2:8360 cannot be reached')
})

test('a problem from before the page is shown', async () => {
  const { page } = await open({ session: { phase: 'signed-out', problem: { reason: 'kicked', detail: '' } } })
  expect(page.text('.problem-title')).toContain('signed you out')
})

test('the language changes at once', async () => {
  const { app, page } = await open()
  await page.tap('.sign-in')
  failWith(app, 'unreachable')
  app.settings.change({ language: 'zh' })
  expect(page.text('.problem')).toContain('连不上 http://127.0.0.1:8360')
  expect(page.text('.sign-in')).toBe('登录')
  expect(wx.setNavigationBarTitle).toHaveBeenLastCalledWith({ title: '登录' })
})

/** The camera finds this, or fails with that. */
function camera(answer: { result: string } | { errMsg: string }): void {
  const scan = jest.fn(() => ('result' in answer ? Promise.resolve(answer) : Promise.reject(answer)))
  Object.assign(wx, { scanCode: scan })
}

describe('scanning the service address', () => {
  test('fills in the scanned address, and signs in', async () => {
    camera({ result: 'http://192.168.1.20:8360/' })
    const { app, page } = await open()
    expect(page.attributes('.scan')).toMatchObject({ 'aria-role': 'button', 'aria-label': 'Scan the service address' })
    await page.tap('.scan')
    expect(wx.scanCode).toHaveBeenCalledWith({ scanType: ['qrCode'] })
    expect(page.data['service']).toBe('http://192.168.1.20:8360')
    await page.tap('.sign-in')
    expect(app.session.signIn).toHaveBeenCalledWith('alice', 'http://192.168.1.20:8360', null)
  })

  test('clears the message about the old address', async () => {
    camera({ result: 'http://192.168.1.20:8360' })
    const { app, page } = await open()
    failWith(app, 'unreachable')
    await page.tap('.scan')
    expect(page.has('.problem')).toBe(false)
  })

  test.each(['https://example.com/menu?table=3', 'WIFI:T:WPA;S:home;;', '4006381333931', ''])(
    'a code with %j is said to be none, and leaves the address as it is',
    async (result) => {
      camera({ result })
      const { app, page } = await open()
      await page.tap('.scan')
      expect(page.text('.hint.wrong')).toContain('This code holds no service address')
      expect(page.attributes('.hint.wrong')['aria-role']).toBe('alert')
      expect(page.data['service']).toBe(REMEMBERED.service)
      app.settings.change({ language: 'zh' })
      expect(page.text('.hint.wrong')).toContain('这个二维码里没有服务地址')
      await type(page, 'service', 'http://10.0.0.2:8360')
      expect(page.has('.wrong')).toBe(false)
    },
  )

  test.each(['scanCode:fail auth deny', 'scanCode:fail system permission denied', 'scanCode:fail'])(
    '%s is told with a way out',
    async (errMsg) => {
      camera({ errMsg })
      const { page } = await open()
      await page.tap('.scan')
      expect(page.text('.hint.wrong')).toContain('Let WeChat use the camera, or type the address')
    },
  )

  test('shows nothing when cancelled', async () => {
    camera({ errMsg: 'scanCode:fail cancel' })
    const { page } = await open()
    await page.tap('.scan')
    expect(page.has('.wrong')).toBe(false)
    expect(page.data['service']).toBe(REMEMBERED.service)
  })

  test('is not possible while signing in, and late results are ignored', async () => {
    const answer = deferred<{ result: string }>()
    Object.assign(wx, { scanCode: jest.fn(() => answer.promise) })
    const { app, page } = await open()
    await page.tap('.scan')
    await page.tap('.sign-in')
    app.session.become({ phase: 'signing-in', account: 'alice', service: REMEMBERED.service })
    await page.tap('.scan')
    expect(wx.scanCode).toHaveBeenCalledTimes(1)
    answer.resolve({ result: 'http://192.168.1.20:8360' })
    await answer.promise
    await settle()
    expect(page.data['service']).toBe(REMEMBERED.service)
  })
})

test('a closed page follows nothing', async () => {
  const { app, page } = await open()
  await page.unmount()
  failWith(app, 'unreachable')
  app.settings.change({ language: 'zh' })
  expect(page.data['problem']).toBeNull()
})

async function choose(page: Mounted, value: 'local' | 'yunxin'): Promise<void> {
  await page.emit('choose', { value }, '#provider')
}

describe("NetEase's service", () => {
  test('needs an AppKey, and a token or a server for one', async () => {
    const { app, page } = await open()
    expect(page.all('.field')).toHaveLength(2)
    await choose(page, 'yunxin')
    const [, appKey, server, token] = page.all('.field')
    await send(appKey, 'input', { value: 'key' })
    await send(server, 'input', { value: 'https://app.example' })
    await send(token, 'input', { value: 'secret' })
    await page.tap('.sign-in')
    expect(app.session.signIn.mock.calls).toEqual([
      ['alice', 'https://app.example', { appKey: 'key', token: 'secret' }],
    ])
    await choose(page, 'local')
    expect(page.data['provider']).toBe('yunxin')
  })

  test('is filled with its last sign-in', async () => {
    const { page } = await open({ remembered: { ...REMEMBERED, provider: 'yunxin', appKey: 'key' } })
    expect(page.data).toMatchObject({ provider: 'yunxin', appKey: 'key' })
    expect(page.all('.field')).toHaveLength(4)
  })

  test.each([
    ['zh', '网易云信的 SDK 尚未放入小程序，已改用本地服务。'],
    ['en', "NetEase's SDK is not in the mini-program yet; the local service is used instead."],
  ] as const)(
    'without its SDK the page says so (%s) and continues with the local service',
    async (language, sentence) => {
      const { page } = await open({
        remembered: { ...REMEMBERED, provider: 'yunxin' },
        yunxinProblem: { reason: 'not-installed', detail: 'netcall SDK: no such file' },
        settings: { language },
      })
      expect(page.text('.problem')).toContain(sentence)
      expect(page.text('.problem')).toContain('netcall SDK: no such file')
      expect(page.data['provider']).toBe('local')
      await choose(page, 'yunxin')
      expect(page.data['provider']).toBe('local')
      expect(page.all('.field')).toHaveLength(2)
    },
  )

  test('ignores a late result about its SDK', async () => {
    const { app, page } = await open()
    const answer = deferred<SignInProblem | null>()
    app.session.problemWith.mockReturnValueOnce(answer.promise)
    await choose(page, 'yunxin')
    await choose(page, 'local')
    answer.resolve({ reason: 'not-installed', detail: '' })
    await settle()
    expect(page.has('.problem')).toBe(false)
  })

  test('reports problems with its own texts', async () => {
    const { app, page } = await open({ remembered: { ...REMEMBERED, provider: 'yunxin' } })
    failWith(app, 'invalid-app-key')
    expect(page.text()).toContain('not the AppSecret')
    failWith(app, 'refused', '302')
    expect(page.text('.problem')).toContain('must belong to the same app. It said: 302')
    failWith(app, 'unreachable', 'timeout')
    expect(page.text('.problem')).not.toContain('npm start')
  })
})
