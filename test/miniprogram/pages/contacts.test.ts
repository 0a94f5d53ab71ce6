import { needAgreement } from '../../support/fake-privacy'
import { fakeApp, mountPage, settle, type FakeApp, type Mounted } from '../../support/simulate'
import { attribute, send, words } from '../../support/nodes'

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

const rows = (page: Mounted) => page.all('.person')
const pick = async (page: Mounted, ...indexes: number[]): Promise<void> => {
  for (const index of indexes) await send(rows(page)[index], 'tap')
}
const checked = (page: Mounted): unknown[] => rows(page).map((row) => attribute(row, 'aria-checked'))

describe('a group call', () => {
  const MANY = 'bob carol dan erin frank grace heidi ivan judy'.split(' ').map((account) => ({ account, online: true }))

  test('several are chosen and called, by sound or with pictures', async () => {
    for (const kind of ['audio', 'video'] as const) {
      const { app, page } = await open({ contacts: MANY })
      await page.tap('#group')
      expect(page.has('.round.audio')).toBe(false)
      expect(rows(page).map((row) => attribute(row, 'aria-role'))).toContain('checkbox')
      await pick(page, 0, 2, 1, 2)
      expect(checked(page).slice(0, 3)).toEqual([true, true, false])
      expect(page.text('.chooser .count')).toBe('2 of 8 chosen')
      await page.tap(`#group-${kind}`)
      expect(app.entry.callGroup.mock.calls).toEqual([[['bob', 'carol'], kind]])
      expect([page.has('.chooser'), page.has('.round.audio')]).toEqual([false, true])
      expect(app.entry.place).not.toHaveBeenCalled()
    }
  })
  test('pressed for long, a person is the first one chosen', async () => {
    const { page } = await open({ contacts: MANY })
    await send(rows(page)[1], 'longpress')
    expect(page.text('.chooser .count')).toBe('1 of 8 chosen')
    expect(checked(page).slice(0, 2)).toEqual([false, true])
  })
  test('a tap on a person does nothing while nobody is being chosen', async () => {
    const { page } = await open({ contacts: MANY })
    await pick(page, 0)
    expect([page.has('.chooser'), page.data['chosen']]).toEqual([false, []])
  })
  test('nobody chosen is nobody called, and it can be left', async () => {
    const { app, page } = await open({ contacts: MANY })
    await page.tap('#group')
    expect(attribute(page.find('#group-video'), 'aria-disabled')).toBe(true)
    await page.tap('#group-video')
    expect(app.entry.callGroup).not.toHaveBeenCalled()
    await pick(page, 0)
    await page.tap('#cancel')
    expect([page.has('.chooser'), page.data['chosen']]).toEqual([false, []])
  })
  test('no more than a room holds', async () => {
    const { page } = await open({ contacts: MANY })
    await page.tap('#group')
    await pick(page, 0, 1, 2, 3, 4, 5, 6, 7, 8)
    expect(page.text('.chooser .count')).toBe('8 of 8 chosen')
    expect(checked(page)[8]).toBe(false)
    expect(jest.mocked(wx.showToast).mock.lastCall?.[0]).toMatchObject({ title: 'No more than 8 people' })
    await pick(page, 0, 8)
    expect(checked(page)[8]).toBe(true)
  })
  test('who is gone is no longer chosen; without people nobody is to be', async () => {
    const { app, page } = await open({ contacts: MANY })
    await page.tap('#group')
    await pick(page, 0, 1)
    app.session.meet([{ account: 'carol', online: false }])
    expect(page.text('.chooser .count')).toBe('1 of 8 chosen')
    app.session.meet([])
    expect([page.has('.chooser'), page.has('#group'), page.has('#join')]).toEqual([false, false, true])
  })
})

async function roomForm(): Promise<{ app: FakeApp; page: Mounted }> {
  const view = await open()
  await view.page.tap('#join')
  return view
}
const typeName = (page: Mounted, value: string): Promise<void> => page.emit('input', { value }, '#room-name')

describe('a room by its name', () => {
  test.each(['audio', 'video'] as const)('is gone into to speak, by %s', async (kind) => {
    const { app, page } = await roomForm()
    await typeName(page, ' standup ')
    await page.tap(`#join-${kind}`)
    expect(app.entry.joinRoom.mock.calls).toEqual([['standup', 'host', kind]])
  })
  test('is gone into to listen', async () => {
    const { app, page } = await roomForm()
    await typeName(page, 'standup')
    await page.emit('choose', { value: 'audience' }, '#role')
    expect(page.has('#join-video')).toBe(false)
    await page.tap('#listen')
    expect(app.entry.joinRoom.mock.calls).toEqual([['standup', 'audience', 'video']])
  })
  test.each([
    ['', 'Which room?'],
    ['   ', 'Which room?'],
    ['a\u0000b', 'This name has characters that nobody sees'],
    ['a\u202eb', 'This name has characters that nobody sees'],
  ])('the name %j is refused at the door', async (name, problem) => {
    const { app, page } = await roomForm()
    await typeName(page, name)
    await page.tap('#join-video')
    expect(page.text('.hint.wrong')).toBe(problem)
    expect(app.entry.joinRoom).not.toHaveBeenCalled()
    await typeName(page, 'standup')
    expect(page.has('.hint.wrong')).toBe(false)
  })
  test('its name is no longer than the service takes', async () => {
    const { page } = await roomForm()
    expect(page.attributes('#room-name')['maxlength']).toBe(64)
  })
  test('the form folds, and speaks the language shown', async () => {
    const { app, page } = await roomForm()
    app.settings.change({ language: 'zh' })
    expect(page.find('#role').data['choices']).toEqual([
      { value: 'host', label: '发言' },
      { value: 'audience', label: '只收听' },
    ])
    expect(page.attributes('#join')['aria-expanded']).toBe(true)
    await page.tap('#join')
    expect(page.has('#room-name')).toBe(false)
  })
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
