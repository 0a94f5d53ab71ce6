import type { CallRecord } from '../../../miniprogram/services/records'
import { deferred } from '../../support/deferred'
import { attribute, send, words } from '../../support/nodes'
import { BARE, DONE, NOW, openRecords, openedRecords } from '../../support/records-page'
import { fakeApp, mountPage, settle } from '../../support/simulate'

beforeEach(() => {
  jest.useFakeTimers({ now: NOW })
})
afterEach(() => jest.useRealTimers())

function halfPastNine(month: number, date: number, year = 2026): number {
  return new Date(year, month, date, 9, 30).getTime()
}
describe('the list', () => {
  test('shows calls by day, newest first', async () => {
    const { page } = await openRecords([
      { ...BARE, cid: 1 },
      { ...BARE, cid: 2, startedAt: halfPastNine(10, 22) },
      { ...BARE, cid: 3, startedAt: halfPastNine(10, 21) },
      { ...BARE, cid: 4, startedAt: halfPastNine(10, 20) },
      { ...BARE, cid: 5, startedAt: halfPastNine(11, 31, 2025) },
    ])
    const days = ['Today', 'Yesterday', 'Friday, 20 November', 'Wednesday, 31 December 2025']
    expect(page.all('.section').map(words)).toEqual(days)
    expect(page.all('.card').map((card) => words(card).match(/(?<!· )\d\d:\d\d/g))).toEqual([
      ['14:05', '09:30'],
      ['09:30'],
      ['09:30'],
      ['09:30'],
    ])
  })

  test.each<[Partial<CallRecord>, string]>([
    [{}, 'Outgoing video · 00:12'],
    [{ kind: 'audio', direction: 'incoming', duration: 3_723_400 }, 'Incoming audio · 1:02:03'],
    [{ live: true, duration: 0, endReason: null }, 'Outgoing video · Under way'],
    [{ endReason: 'lost' }, 'Outgoing video · 00:12 · Connection lost'],
    [{ endReason: 'service-stopped' }, 'Outgoing video · 00:12 · Service stopped'],
    [{ duration: 0, endReason: 'hangup' }, 'Outgoing video · Ended'],
    [{ duration: 0, endReason: 'busy' }, 'Outgoing video · They were busy'],
    [{ duration: 0, endReason: 'busy', direction: 'incoming' }, 'Missed video · I was busy'],
    [{ duration: 0, endReason: 'no-answer', direction: 'incoming', kind: 'audio' }, 'Missed audio'],
    [{ duration: 0, endReason: 'offline', direction: 'incoming' }, 'Missed video · I was offline'],
  ])("shows the service's %j as %j", async (change, summary) => {
    const { page } = await openRecords([{ ...BARE, ...change }])
    expect(page.text('.summary')).toBe(summary)
    expect(attribute(page.find('.head'), 'aria-label')).toBe(`Call with bob, ${summary}, 14:05`)
  })

  test('marks a missed call by colour and text, but not a declined outgoing one', async () => {
    const missed: CallRecord = { ...BARE, direction: 'incoming', duration: 0, endReason: 'no-answer' }
    const { page } = await openRecords([missed, { ...BARE, cid: 8, duration: 0, endReason: 'rejected' }])
    expect(page.all('.missed').map(words)).toEqual(['bob 14:05 Missed video'])
  })

  test('opens every call; without a conversation files are not mentioned', async () => {
    const { page } = await openRecords([
      { ...BARE, duration: 0, endReason: 'rejected' },
      { ...BARE, cid: 8, duration: 0, endReason: 'lost', recording: 'done' },
    ])
    await page.tap('.head')
    expect(page.text('.details')).toBe('Delete')
    expect(page.all('.head').map((head) => attribute(head, 'aria-expanded'))).toEqual([true, false])
    await send(page.all('.head')[1], 'tap')
    expect(page.text('.details')).toContain('The recording left no file')
  })

  test.each([
    ['none', null],
    ['live', 'Recording'],
    ['finishing', 'Finishing'],
    ['done', 'Recorded'],
    ['failed', 'Not recorded'],
  ] as const)('the recording %s is the pill %j', async (recording, label) => {
    const { page } = await openRecords([{ ...BARE, recording }])
    expect(page.all('.recording').map(words)).toEqual(label === null ? [] : [label])
  })

  test('leads to the contacts while it is empty', async () => {
    const { page } = await openRecords([])
    expect(page.text('.empty')).toContain('No calls yet')
    await page.tap('.action')
    const home = '/pages/contacts/contacts'
    expect(wx.switchTab).toHaveBeenCalledWith(expect.objectContaining({ url: home }))
    // In an app whose home page is not a tab.
    jest.mocked(wx.switchTab).mockImplementation(({ fail }) => fail?.({ errMsg: 'switchTab:fail' }))
    await page.tap('.action')
    expect(wx.reLaunch).toHaveBeenCalledWith({ url: home })
  })

  test('shows that it is loading', async () => {
    const app = fakeApp({ settings: { language: 'en' } })
    const answer = deferred<CallRecord[]>()
    app.session.records.list.mockReturnValue(answer.promise)
    const page = await mountPage('pages/records/records', { app })
    expect(page.text('.blank')).toBe('Loading…')
    answer.resolve([DONE])
    await settle()
    expect(page.text('.peer')).toBe('bob')
  })

  test.each([
    ['unreachable', 'The service cannot be reached'],
    ['refused', 'Sign in again'],
  ] as const)('%s is a sentence, and can be tried again', async (reason, sentence) => {
    const app = fakeApp({ settings: { language: 'en' } })
    app.session.records.list.mockImplementation(async () => {
      const { RecordsError } = await import('../../../miniprogram/services/records')
      throw new RecordsError(reason, 'as said')
    })
    const page = await mountPage('pages/records/records', { app })
    await settle()
    expect(page.text('.failed')).toContain(sentence)
    app.session.records.list.mockImplementation(async () => [DONE])
    await page.tap('.action')
    expect(page.has('.failed')).toBe(false)
    expect(page.text('.peer')).toBe('bob')
  })

  test('keeps known calls after a failed refresh, and shows the failure', async () => {
    const { app, page } = await openRecords([DONE])
    app.session.records.list.mockRejectedValueOnce(new Error('gone'))
    await page.run('onPullDownRefresh')
    expect(page.text('.banner')).toContain('cannot be loaded now')
    expect(page.text('.peer')).toBe('bob')
    expect(wx.stopPullDownRefresh).toHaveBeenCalledTimes(1)
    await page.run('onPullDownRefresh')
    expect(page.has('.banner')).toBe(false)
  })

  test('ignores an answer older than the current one', async () => {
    const { app, page } = await openRecords([DONE])
    const late = deferred<CallRecord[]>()
    app.session.records.list.mockReturnValueOnce(late.promise)
    await page.run('onShow')
    await page.run('onPullDownRefresh')
    late.resolve([])
    await settle()
    expect(page.text('.peer')).toBe('bob')
  })

  test('changes its language at once', async () => {
    const { app, page } = await openedRecords({ ...DONE, notes: [{ code: 'mix-unavailable', message: 'no mix' }] })
    app.settings.change({ language: 'zh' })
    expect(page.text('.section')).toBe('今天')
    expect(page.text('.summary')).toBe('呼出视频 · 00:12')
    expect(page.all('.file').map(words)[2]).toContain('bob 的声音')
    expect(page.text('.note')).toBe('服务上没有 ffmpeg，没能合成混合文件')
    await page.run('onShow')
    expect(wx.setNavigationBarTitle).toHaveBeenLastCalledWith({ title: '通话记录' })
  })

  test('has Chinese dates', async () => {
    const { page } = await openRecords(
      [
        { ...BARE, cid: 1, startedAt: new Date(2026, 10, 20, 9).getTime() },
        { ...BARE, cid: 2, startedAt: new Date(2025, 0, 1, 9).getTime() },
      ],
      'zh',
    )
    expect(page.all('.section').map(words)).toEqual(['11月20日 周五', '2025年1月1日 周三'])
  })
})

describe('automatic updates', () => {
  const changing: Array<[string, Partial<CallRecord>]> = [
    ['a live call', { live: true, recording: 'none' }],
    ['a recording that is finished', { recording: 'finishing' }],
    ['a callback under way', { callback: 'waiting' }],
  ]
  test.each(changing)('request %s every 2 s until it is done', async (_, change) => {
    const { app, page } = await openRecords([{ ...DONE, ...change }])
    expect(app.session.records.list).toHaveBeenCalledTimes(1)
    await jest.advanceTimersByTimeAsync(2000)
    expect(app.session.records.list).toHaveBeenCalledTimes(2)
    app.session.records.list.mockImplementation(async () => [DONE])
    await jest.advanceTimersByTimeAsync(2000)
    expect(page.text('.recording')).toBe('Recorded')
    await jest.advanceTimersByTimeAsync(60_000)
    expect(app.session.records.list).toHaveBeenCalledTimes(3)
  })

  test('stop while the page is hidden', async () => {
    const { app, page } = await openRecords([{ ...DONE, recording: 'finishing' }])
    await page.run('onHide')
    await jest.advanceTimersByTimeAsync(60_000)
    expect(app.session.records.list).toHaveBeenCalledTimes(1)
    await page.run('onShow')
    expect(app.session.records.list).toHaveBeenCalledTimes(2)
    await page.unmount()
    await jest.advanceTimersByTimeAsync(60_000)
    expect(app.session.records.list).toHaveBeenCalledTimes(2)
  })
})

test('stop after a page that sends a callback is left', async () => {
  const { app, page } = await openedRecords({ ...DONE, live: true, callback: 'failed' })
  const sent = deferred<void>()
  app.session.records.resend.mockReturnValue(sent.promise)
  await page.tap('.callback')
  await page.run('onHide')
  app.session.records.list.mockClear()
  sent.resolve()
  await jest.advanceTimersByTimeAsync(60_000)
  expect(app.session.records.list).toHaveBeenCalledTimes(1)
})
