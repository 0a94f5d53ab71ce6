/** The phone's own history on the records page, with the service and without it, and calling again. */
import type { CallDirection, EndReason } from '../../../miniprogram/call/state'
import type { PastCall } from '../../../miniprogram/services/history'
import type { CallRecord } from '../../../miniprogram/services/records'
import { ended } from '../../support/calls'
import { deferred } from '../../support/deferred'
import { attribute, send, words } from '../../support/nodes'
import { BARE, DONE, NOW, openRecords, openedRecords, PAST, rememberedRecords } from '../../support/records-page'
import { settle } from '../../support/simulate'

beforeEach(() => {
  jest.useFakeTimers({ now: NOW })
})
afterEach(() => jest.useRealTimers())

async function unreachable(): Promise<never> {
  const { RecordsError } = await import('../../../miniprogram/services/records')
  throw new RecordsError('unreachable', 'as said')
}

describe('what this phone remembers', () => {
  const never = new Promise<never>(() => {})

  test('is shown before the service answers, and gets its files then', async () => {
    const answer = deferred<CallRecord[]>()
    const { page } = await rememberedRecords([PAST], answer.promise)
    expect(page.text('.peer')).toBe('bob')
    expect(page.has('.banner')).toBe(false)
    await page.tap('.head')
    expect(page.text('.no-files')).toBe('Asking for the files…')
    answer.resolve([DONE])
    await settle()
    expect(page.all('.call')).toHaveLength(1)
    expect(page.text('.recording')).toBe('Recorded')
    expect(page.all('.file')).toHaveLength(3)
  })

  test('is kept while the service does not answer, with a message about the files', async () => {
    const { page } = await rememberedRecords([PAST], unreachable())
    await settle()
    expect(page.has('.failed')).toBe(false)
    expect(page.text('.banner')).toContain('Recordings and calls of other devices cannot be loaded now')
    expect(page.text('.banner')).toContain('The service cannot be reached')
    await page.tap('.head')
    expect(page.text('.no-files')).toBe('The files cannot be loaded now')
  })

  test('is requested again as soon as the connection is back', async () => {
    const { app, page } = await rememberedRecords([PAST], unreachable())
    await settle()
    app.session.records.list.mockImplementation(async () => [DONE])
    app.session.become({ phase: 'signed-in', account: 'alice', service: 'http://127.0.0.1:8360', online: true })
    await settle()
    expect(page.has('.banner')).toBe(false)
    expect(page.text('.recording')).toBe('Recorded')
  })

  test('shows that the service no longer knows a call', async () => {
    const { page } = await rememberedRecords([PAST], Promise.resolve([]))
    await page.tap('.head')
    expect(page.text('.no-files')).toBe('The service has no record of this call')
  })

  test('includes calls of other devices', async () => {
    const elsewhere = { ...BARE, cid: 9, peer: 'carol', startedAt: PAST.startedAt + 60_000 }
    const { page } = await rememberedRecords(
      [PAST, { ...PAST, cid: 5, peer: 'dave', startedAt: 1 }],
      Promise.resolve([elsewhere]),
    )
    expect(page.all('.peer').map(words)).toEqual(['carol', 'bob', 'dave'])
  })

  test('shows a call that ends while the page is visible', async () => {
    const { app, page } = await rememberedRecords([], never)
    app.call.become(ended({ ...PAST, reason: 'peer-rejected', duration: 0 }))
    expect(page.text('.summary')).toBe('Outgoing video · They declined')
  })

  test('keeps a call open when the phone stores its end', async () => {
    const { app, page } = await openedRecords({ ...DONE, live: true, recording: 'live', endReason: null, files: [] })
    expect(page.has('.again')).toBe(false)
    app.call.become(ended(PAST))
    await settle()
    expect(page.has('.details')).toBe(true)
    expect(page.has('.again')).toBe(true)
  })
})

describe('calling again', () => {
  test.each([
    ['video', 'Call bob again by video', '再次视频呼叫 bob'],
    ['audio', 'Call bob again by audio', '再次语音呼叫 bob'],
  ] as const)('%s, as the call was', async (kind, label, chinese) => {
    const { app, page } = await rememberedRecords([{ ...PAST, kind, direction: 'incoming' }], Promise.resolve([]))
    expect(page.attributes('.again')).toMatchObject({ 'aria-role': 'button', 'aria-label': label })
    await page.tap('.again')
    expect(app.entry.place.mock.calls).toEqual([['bob', kind]])
    expect(page.has('.details')).toBe(false)
    app.settings.change({ language: 'zh' })
    expect(attribute(page.find('.again'), 'aria-label')).toBe(chinese)
  })

  test('calls the account of the tapped call', async () => {
    const { app, page } = await openRecords([BARE, { ...BARE, cid: 8, peer: 'carol', kind: 'audio' }])
    await send(page.all('.again')[1], 'tap')
    expect(app.entry.place.mock.calls).toEqual([['carol', 'audio']])
  })

  test('joins a room again by its name, in both languages', async () => {
    const { app, page } = await openRecords([{ ...BARE, peer: 'standup', room: { name: 'standup', members: 4 } }])
    expect(attribute(page.find('.again'), 'aria-label')).toBe('Enter standup again')
    await page.tap('.again')
    expect([app.entry.place.mock.calls, app.entry.joinRoom.mock.calls]).toEqual([[], [['standup', 'host', 'video']]])
    app.settings.change({ language: 'zh' })
    expect(attribute(page.find('.again'), 'aria-label')).toBe('再次进入“standup”')
  })

  test('is not offered for group calls without a known name, and not during a call', async () => {
    const { page } = await openRecords([
      { ...BARE, room: { name: null, members: 3 } },
      { ...BARE, cid: 8, live: true },
    ])
    expect(page.has('.again')).toBe(false)
  })
})

async function summaries(...history: PastCall[]): Promise<string[]> {
  const { page } = await rememberedRecords(history, Promise.resolve([]))
  await settle()
  return page.all('.summary').map(words)
}

describe('a room', () => {
  const ROOM = { ...PAST, peer: 'standup', reason: 'left', room: { name: 'standup', members: 3 } } as const

  test.each<[PastCall, string]>([
    [ROOM, 'Group video · 3 people · 00:12'],
    [{ ...ROOM, kind: 'audio', reason: 'connection-lost' }, 'Group audio · 3 people · 00:12 · Connection lost'],
    [
      { ...ROOM, reason: 'room-full', duration: 0, cid: null, room: { name: 'standup', members: 0 } },
      'Group video · The room was full',
    ],
    [
      { ...ROOM, direction: 'incoming', reason: 'missed', duration: 0, room: { name: null, members: 0 } },
      'Missed video',
    ],
    [
      { ...ROOM, direction: 'incoming', reason: 'declined', duration: 0, room: { name: null, members: 0 } },
      'Group video · Declined',
    ],
    [
      { ...ROOM, direction: 'incoming', reason: 'i-was-busy', duration: 0, room: { name: null, members: 0 } },
      'Missed video · I was busy',
    ],
  ])('%j is shown as %s', async (past, summary) => {
    expect(await summaries(past)).toEqual([summary])
  })
})

describe('the end of a call', () => {
  /** Of an unanswered and of a connected call, where both are possible. */
  const ENDINGS: Record<EndReason, Array<[CallDirection, number, string]>> = {
    'hung-up': [
      ['outgoing', 12_000, 'Outgoing video · 00:12'],
      ['incoming', 400, 'Incoming video · I hung up'],
    ],
    'peer-hung-up': [
      ['outgoing', 12_000, 'Outgoing video · 00:12'],
      ['incoming', 400, 'Incoming video · They hung up'],
    ],
    'peer-lost': [['incoming', 12_000, 'Incoming video · 00:12 · They lost connection']],
    cancelled: [['outgoing', 0, 'Outgoing video · Cancelled']],
    'peer-cancelled': [['incoming', 0, 'Missed video · They cancelled']],
    rejected: [['incoming', 0, 'Incoming video · Declined']],
    'peer-rejected': [['outgoing', 0, 'Outgoing video · They declined']],
    'peer-busy': [['outgoing', 0, 'Outgoing video · They were busy']],
    'no-answer': [['outgoing', 0, 'Outgoing video · No answer']],
    missed: [['incoming', 0, 'Missed video']],
    'peer-offline': [['outgoing', 0, 'Outgoing video · They were offline']],
    'answered-elsewhere': [['incoming', 0, 'Incoming video · Answered elsewhere']],
    'rejected-elsewhere': [['incoming', 0, 'Incoming video · Declined elsewhere']],
    kicked: [['outgoing', 12_000, 'Outgoing video · 00:12 · Removed']],
    refused: [['outgoing', 0, 'Outgoing video · Service refused']],
    'room-closed': [['incoming', 12_000, 'Incoming video · 00:12 · Call closed']],
    'connection-lost': [
      ['outgoing', 12_000, 'Outgoing video · 00:12 · Connection lost'],
      ['incoming', 0, 'Missed video · Connection lost'],
    ],
    'call-gone': [['incoming', 12_000, 'Incoming video · 00:12 · Ended while offline']],
    'service-unreachable': [['outgoing', 0, 'Outgoing video · Service unreachable']],
    'too-often': [['outgoing', 0, 'Outgoing video · Too many calls']],
    'service-stopped': [
      ['incoming', 12_000, 'Incoming video · 00:12 · Service stopped'],
      ['incoming', 0, 'Missed video · Service stopped'],
    ],
    'microphone-refused': [['incoming', 0, 'Incoming video · No microphone']],
    'no-page': [['outgoing', 0, 'Outgoing video · No call page']],
    failed: [['outgoing', 0, 'Outgoing video · Failed']],
  }
  const endings = Object.entries(ENDINGS).flatMap(([reason, cases]) =>
    cases.map(([direction, duration, summary]) => ({ reason, direction, duration, summary })),
  )

  test.each(endings)(
    '$reason, $direction, $duration ms: $summary',
    async ({ reason, direction, duration, summary }) => {
      const past = [{ ...PAST, reason: reason, direction, duration, cid: null }]
      const { page } = await rememberedRecords(past, Promise.resolve([]))
      expect(page.text('.summary')).toBe(summary)
      expect(page.has('.missed')).toBe(summary.startsWith('Missed'))
    },
  )

  test('has different texts, except for who hung up, which the opened call shows', async () => {
    const said = endings.filter(({ duration, reason }) => duration < 12_000 || !reason.endsWith('hung-up'))
    expect(new Set(said.map(({ summary }) => summary)).size).toBe(said.length)
    for (const [reason, ending] of [
      ['hung-up', 'I hung up'],
      ['peer-hung-up', 'They hung up'],
    ] as const) {
      const { page } = await rememberedRecords([{ ...PAST, reason }], Promise.resolve([]))
      await page.tap('.head')
      expect(page.text('.ending')).toBe(ending)
    }
  })
})
