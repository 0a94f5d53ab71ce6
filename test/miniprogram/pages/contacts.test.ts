import { fakeApp, mountPage, type FakeApp, type Mounted } from '../../support/simulate'
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

test('shows the account, and the others with their presence', async () => {
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

test('the buttons name whom they call', async () => {
  const { page } = await open()
  expect(page.attributes('.round.audio')['aria-label']).toBe('Audio call to bob')
  expect(page.attributes('.round.video')['aria-label']).toBe('Video call to bob')
  expect(page.attributes('.leave')['aria-label']).toBe('Sign out')
})

test('follows changes of presence', async () => {
  const { app, page } = await open()
  app.session.meet([
    { account: 'bob', online: false },
    { account: 'dave', online: true },
  ])
  expect(people(page)).toEqual(['bob Offline', 'dave Online'])
})

test('shows a lost connection, and its return', async () => {
  const { app, page } = await open()
  app.session.become({ ...SIGNED_IN, online: false })
  expect(page.text('.lost')).toContain('The connection to the service is lost')
  expect(page.text('.own .presence')).toBe('You · Connecting…')
  app.session.become(SIGNED_IN)
  expect(page.has('.lost')).toBe(false)
})

test('explains how to get a second phone if nobody else is there', async () => {
  const { page } = await open({ contacts: [{ account: 'alice', online: true }] })
  expect(page.text('.alone')).toContain('Nobody else is here yet')
  expect(page.all('.address').map(words)).toEqual([
    'http://127.0.0.1:8360/?accounts=alice,bob',
    'http://127.0.0.1:8360',
  ])
})

test('offers another account to bob', async () => {
  const { page } = await open({ session: { ...SIGNED_IN, account: 'bob' }, contacts: [] })
  expect(page.text('.alone')).toContain('?accounts=bob,alice')
})

test('does not claim that nobody is there while disconnected', async () => {
  const { page } = await open({ session: { ...SIGNED_IN, online: false }, contacts: [] })
  expect(page.has('.alone')).toBe(false)
  expect(page.text('.blank')).toBe('Connecting…')
})

test('reloads the contacts on pull-down', async () => {
  const { app, page } = await open()
  await page.run('onPullDownRefresh')
  expect(app.session.refreshContacts).toHaveBeenCalledTimes(1)
  expect(wx.stopPullDownRefresh).toHaveBeenCalledTimes(1)
})

test.each([
  [true, 1],
  [false, 0],
])('asks before signing out: %s', async (confirm, times) => {
  const { app, page } = await open()
  Object.assign(wx, { showModal: jest.fn(({ success }) => success({ confirm })) })
  await page.tap('.leave')
  expect(wx.showModal).toHaveBeenCalledWith(expect.objectContaining({ title: 'Sign out' }))
  expect(app.session.signOut).toHaveBeenCalledTimes(times)
})

test('has title and tabs in the display language', async () => {
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

  test('calls several selected contacts, with audio or video', async () => {
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
  test('begins with a long press, which selects the contact', async () => {
    const { page } = await open({ contacts: MANY })
    await send(rows(page)[1], 'longpress')
    expect(page.text('.chooser .count')).toBe('1 of 8 chosen')
    expect(checked(page).slice(0, 2)).toEqual([false, true])
  })
  test('ignores taps on contacts while nothing is being selected', async () => {
    const { page } = await open({ contacts: MANY })
    await pick(page, 0)
    expect([page.has('.chooser'), page.data['chosen']]).toEqual([false, []])
  })
  test('needs a selection, and can be cancelled', async () => {
    const { app, page } = await open({ contacts: MANY })
    await page.tap('#group')
    expect(attribute(page.find('#group-video'), 'aria-disabled')).toBe(true)
    await page.tap('#group-video')
    expect(app.entry.callGroup).not.toHaveBeenCalled()
    await pick(page, 0)
    await page.tap('#cancel')
    expect([page.has('.chooser'), page.data['chosen']]).toEqual([false, []])
  })
  test('is limited to the size of a room', async () => {
    const { page } = await open({ contacts: MANY })
    await page.tap('#group')
    await pick(page, 0, 1, 2, 3, 4, 5, 6, 7, 8)
    expect(page.text('.chooser .count')).toBe('8 of 8 chosen')
    expect(checked(page)[8]).toBe(false)
    expect(jest.mocked(wx.showToast).mock.lastCall?.[0]).toMatchObject({ title: 'No more than 8 people' })
    await pick(page, 0, 8)
    expect(checked(page)[8]).toBe(true)
  })
  test('deselects contacts that went offline, and needs contacts', async () => {
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

describe('a room by name', () => {
  test.each(['audio', 'video'] as const)('is gone into to speak, by %s', async (kind) => {
    const { app, page } = await roomForm()
    await typeName(page, ' standup ')
    await page.tap(`#join-${kind}`)
    expect(app.entry.joinRoom.mock.calls).toEqual([['standup', 'host', kind]])
  })
  test('can be joined as audience', async () => {
    const { app, page } = await roomForm()
    await typeName(page, 'standup')
    await page.emit('choose', { value: 'audience' }, '#role')
    expect(page.has('#join-video')).toBe(false)
    await page.tap('#listen')
    expect(app.entry.joinRoom.mock.calls).toEqual([['standup', 'audience', 'video']])
  })
  test.each([
    ['', 'Enter a room name'],
    ['   ', 'Enter a room name'],
    ['a\u0000b', 'The name has invisible characters'],
    ['a\u202eb', 'The name has invisible characters'],
  ])('rejects the name %j', async (name, problem) => {
    const { app, page } = await roomForm()
    await typeName(page, name)
    await page.tap('#join-video')
    expect(page.text('.hint.wrong')).toBe(problem)
    expect(app.entry.joinRoom).not.toHaveBeenCalled()
    await typeName(page, 'standup')
    expect(page.has('.hint.wrong')).toBe(false)
  })
  test("limits the name's length", async () => {
    const { page } = await roomForm()
    expect(page.attributes('#room-name')['maxlength']).toBe(64)
  })
  test('its form closes, and follows the language', async () => {
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
