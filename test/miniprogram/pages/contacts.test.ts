import { needAgreement } from '../../support/fake-privacy'
import { fakeApp, mountPage, settle, type FakeApp, type Mounted } from '../../support/simulate'
import { send, words } from '../../support/nodes'

const SIGNED_IN = { phase: 'signed-in', account: 'alice', service: 'http://127.0.0.1:8360', online: true } as const
const PEOPLE = [
  { account: 'alice', online: true },
  { account: 'bob', online: true },
  { account: 'carol', online: false },
]

async function open(options: Parameters<typeof fakeApp>[0] = {}): Promise<{ app: FakeApp; page: Mounted }> {
  const app = fakeApp({ session: SIGNED_IN, contacts: PEOPLE, settings: { language: 'en' }, ...options })
  return { app, page: await mountPage('pages/contacts/contacts', { app }) }
}
function people(page: Mounted): string[] {
  return page.all('.person .who').map(words)
}

test('it shows me, and the others with their presence', async () => {
  const { page } = await open()
  expect(page.text('.own')).toContain('alice')
  expect(page.text('.own .presence')).toBe('You · Online')
  expect(people(page)).toEqual(['bob Online', 'carol Offline'])
  expect(page.has('.lost')).toBe(false)
})

test.each([
  ['audio', 0, 'bob'],
  ['video', 0, 'bob'],
  ['audio', 1, 'carol'],
  ['video', 1, 'carol'],
] as const)('the %s button of person %d asks for a call to %s', async (kind, index, account) => {
  const { app, page } = await open()
  await send(page.all(`.round.${kind}`)[index], 'tap')
  expect(app.entry.place.mock.calls).toEqual([[account, kind]])
  expect(app.call.callUser).not.toHaveBeenCalled()
})

test('the buttons say whom they call', async () => {
  const { page } = await open()
  expect(page.attributes('.round.audio')['aria-label']).toBe('Audio call to bob')
  expect(page.attributes('.round.video')['aria-label']).toBe('Video call to bob')
  expect(page.attributes('.leave')['aria-label']).toBe('Sign out')
})

test('it follows who comes and goes', async () => {
  const { app, page } = await open()
  app.session.meet([
    { account: 'bob', online: false },
    { account: 'dave', online: true },
  ])
  expect(people(page)).toEqual(['bob Offline', 'dave Online'])
})

test('a lost connection is said, and its return', async () => {
  const { app, page } = await open()
  app.session.become({ ...SIGNED_IN, online: false })
  expect(page.text('.lost')).toContain('The connection to the service is lost')
  expect(page.text('.own .presence')).toBe('You · Connecting…')
  app.session.become(SIGNED_IN)
  expect(page.has('.lost')).toBe(false)
})

test('alone, it tells how to get a second phone', async () => {
  const { page } = await open({ contacts: [{ account: 'alice', online: true }] })
  expect(page.text('.alone')).toContain('Nobody else is here yet')
  expect(page.all('.address').map(words)).toEqual([
    'http://127.0.0.1:8360/?accounts=alice,bob',
    'http://127.0.0.1:8360',
  ])
})

test('alone as bob, the second phone is another account', async () => {
  const { page } = await open({ session: { ...SIGNED_IN, account: 'bob' }, contacts: [] })
  expect(page.text('.alone')).toContain('?accounts=bob,alice')
})

test('without a connection and without people it does not call itself alone', async () => {
  const { page } = await open({ session: { ...SIGNED_IN, online: false }, contacts: [] })
  expect(page.has('.alone')).toBe(false)
  expect(page.text('.blank')).toBe('Connecting…')
})

test('a pull asks for the contacts again', async () => {
  const { app, page } = await open()
  await page.run('onPullDownRefresh')
  expect(app.session.refreshContacts).toHaveBeenCalledTimes(1)
  expect(wx.stopPullDownRefresh).toHaveBeenCalledTimes(1)
})

test.each([
  [true, 1],
  [false, 0],
])('signing out asks first: %s', async (confirm, times) => {
  const { app, page } = await open()
  Object.assign(wx, { showModal: jest.fn(({ success }) => success({ confirm })) })
  await page.tap('.leave')
  expect(wx.showModal).toHaveBeenCalledWith(expect.objectContaining({ title: 'Sign out' }))
  expect(app.session.signOut).toHaveBeenCalledTimes(times)
})

test('its title and the tabs are in the language shown', async () => {
  const { app, page } = await open()
  expect(wx.setNavigationBarTitle).toHaveBeenLastCalledWith({ title: 'Contacts' })
  app.settings.change({ language: 'zh' })
  await page.run('onShow')
  expect(wx.setNavigationBarTitle).toHaveBeenLastCalledWith({ title: '通讯录' })
  expect(wx.setTabBarItem).toHaveBeenLastCalledWith({ index: 2, text: '设置' })
  expect(people(page)).toEqual(['bob 在线', 'carol 离线'])
  expect(page.attributes('.round.audio')['aria-label']).toBe('语音呼叫 bob')
})

test('the privacy guideline is asked for on top of it', async () => {
  needAgreement()
  const { app, page } = await open()
  app.privacy.start()
  const ensured = app.privacy.ensure()
  await settle()
  expect(page.text('#privacy', '.title')).toBe('Your privacy')
  await page.tap('#privacy', '.answer')
  expect(await ensured).toBe(false)
})
