import type { CallRecord } from '../../../miniprogram/services/records'
import { fakeApp, mountPage, settle, type FakeApp, type Mounted } from '../../support/simulate'
import { deferred } from '../../support/deferred'
import { attribute, send, words } from '../../support/nodes'

const NOW = new Date(2026, 10, 22, 15, 0).getTime()
const DONE: CallRecord = {
  cid: 7,
  kind: 'video',
  direction: 'outgoing',
  peer: 'bob',
  startedAt: new Date(2026, 10, 22, 14, 5).getTime(),
  duration: 12_000,
  endReason: 'hangup',
  live: false,
  recording: 'done',
  notes: [],
  files: [
    file('alice', 'aac', 'http://127.0.0.1:8360/recordings/7/a.aac?expires=1'),
    file('alice', 'mp4', 'http://127.0.0.1:8360/recordings/7/a.mp4?expires=1'),
    file('bob', 'aac', 'http://127.0.0.1:8360/recordings/7/b.aac?expires=1'),
  ],
  callback: 'sent',
}
const BARE: CallRecord = { ...DONE, recording: 'none', files: [], callback: 'none' }

function file(account: string, kind: 'aac' | 'mp4', url: string): CallRecord['files'][number] {
  return { account, kind, filename: `${account}.${kind}`, size: 125_400, duration: 12_000, url }
}
/** A sound player whose events a test sends itself. */
interface Sound {
  src: string
  currentTime: number
  duration: number
  calls: string[]
  send(event: 'TimeUpdate' | 'Ended' | 'Error'): void
}
let sounds: Sound[]

beforeEach(() => {
  jest.useFakeTimers({ now: NOW })
  sounds = []
  Object.assign(wx, { createInnerAudioContext: jest.fn(fakeSound) })
})
afterEach(() => jest.useRealTimers())

function fakeSound(): Sound {
  const calls: string[] = []
  const listeners = new Map<string, () => void>()
  const sound = { src: '', currentTime: 0, duration: 0, calls, send: (event: string) => listeners.get(event)?.() }
  for (const name of ['play', 'pause', 'destroy']) Object.assign(sound, { [name]: () => calls.push(name) })
  for (const event of ['TimeUpdate', 'Ended', 'Error']) {
    Object.assign(sound, {
      [`on${event}`]: (listener: () => void) => listeners.set(event, listener),
      [`off${event}`]: () => listeners.delete(event),
    })
  }
  sounds.push(sound)
  return sound
}

async function open(records: CallRecord[], language: 'en' | 'zh' = 'en'): Promise<{ app: FakeApp; page: Mounted }> {
  const app = fakeApp({ records, settings: { language } })
  return { app, page: await mountPage('pages/records/records', { app }) }
}
/** A page whose first call is opened. */
async function opened(...records: CallRecord[]): Promise<{ app: FakeApp; page: Mounted }> {
  const result = await open(records)
  await result.page.tap('.head')
  return result
}
function halfPastNine(month: number, date: number, year = 2026): number {
  return new Date(year, month, date, 9, 30).getTime()
}
/** A part of the nth file of the opened call. */
function part(page: Mounted, index: number, selector: string) {
  return page.all('.file')[index]?.querySelector(selector)
}
describe('the list', () => {
  test('calls stand under their days, newest first', async () => {
    const { page } = await open([
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
    [{ endReason: 'room-closed' }, 'Outgoing video · 00:12 · Call closed'],
    [{ endReason: 'service-stopped' }, 'Outgoing video · 00:12 · Service stopped'],
    [{ duration: 0, endReason: 'hangup' }, 'Outgoing video · Ended'],
    [{ duration: 0, endReason: 'cancelled' }, 'Outgoing video · Cancelled'],
    [{ duration: 0, endReason: 'cancelled', direction: 'incoming' }, 'Incoming video · Missed'],
    [{ duration: 0, endReason: 'rejected' }, 'Outgoing video · Was declined'],
    [{ duration: 0, endReason: 'rejected', direction: 'incoming' }, 'Incoming video · Declined'],
    [{ duration: 0, endReason: 'busy' }, 'Outgoing video · Was busy'],
    [{ duration: 0, endReason: 'busy', direction: 'incoming' }, 'Incoming video · I was busy'],
    [{ duration: 0, endReason: 'no-answer' }, 'Outgoing video · No answer'],
    [{ duration: 0, endReason: 'no-answer', direction: 'incoming' }, 'Incoming video · Missed'],
    [{ duration: 0, endReason: 'offline' }, 'Outgoing video · Was offline'],
    [{ duration: 0, endReason: 'offline', direction: 'incoming' }, 'Incoming video · Missed'],
    [{ duration: 0, endReason: 'something-new' }, 'Outgoing video · Ended'],
    [{ duration: 0, endReason: null }, 'Outgoing video · Ended'],
  ])('%j reads %j', async (change, summary) => {
    const { page } = await open([{ ...BARE, ...change }])
    expect(page.text('.who .secondary')).toBe(summary)
    expect(attribute(page.find('.head'), 'aria-label')).toBe(`Call with bob, ${summary}`)
  })

  test('a call that I missed stands out, a declined outgoing one does not', async () => {
    const missed: CallRecord = { ...BARE, direction: 'incoming', duration: 0, endReason: 'no-answer' }
    const { page } = await open([missed, { ...BARE, cid: 8, duration: 0, endReason: 'rejected' }])
    expect(page.all('.missed').map(words)).toEqual(['bob'])
  })

  test.each([
    ['none', null],
    ['live', 'Recording'],
    ['finishing', 'Finishing'],
    ['done', 'Recorded'],
    ['failed', 'Not recorded'],
  ] as const)('the recording %s is the pill %j', async (recording, label) => {
    const { page } = await open([{ ...BARE, recording }])
    expect(page.all('.recording').map(words)).toEqual(label === null ? [] : [label])
  })

  test('no calls yet: it leads to the contacts', async () => {
    const { page } = await open([])
    expect(page.text('.empty')).toContain('No calls yet')
    await page.tap('.action')
    expect(wx.switchTab).toHaveBeenCalledWith({ url: '/pages/contacts/contacts' })
  })

  test('it says that it loads until the calls are there', async () => {
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

  test('a refresh that fails keeps what was known, and says so', async () => {
    const { app, page } = await open([DONE])
    app.session.records.list.mockRejectedValueOnce(new Error('gone'))
    await page.run('onPullDownRefresh')
    expect(page.text('.banner')).toContain('Not updated')
    expect(page.text('.peer')).toBe('bob')
    expect(wx.stopPullDownRefresh).toHaveBeenCalledTimes(1)
    await page.run('onPullDownRefresh')
    expect(page.has('.banner')).toBe(false)
  })

  test('a late answer does not undo a newer one', async () => {
    const { app, page } = await open([DONE])
    const late = deferred<CallRecord[]>()
    app.session.records.list.mockReturnValueOnce(late.promise)
    await page.run('onShow')
    await page.run('onPullDownRefresh')
    late.resolve([])
    await settle()
    expect(page.text('.peer')).toBe('bob')
  })

  test('it changes its language as it stands', async () => {
    const { app, page } = await opened({ ...DONE, notes: [{ code: 'mix-unavailable', message: 'no mix' }] })
    app.settings.change({ language: 'zh' })
    expect(page.text('.section')).toBe('今天')
    expect(page.text('.who .secondary')).toBe('呼出视频 · 00:12')
    expect(page.all('.file').map(words)[2]).toContain('bob 的声音')
    expect(page.text('.note')).toBe('这个服务还不合成混合文件')
    await page.run('onShow')
    expect(wx.setNavigationBarTitle).toHaveBeenLastCalledWith({ title: '通话记录' })
  })

  test('dates in Chinese', async () => {
    const { page } = await open(
      [
        { ...BARE, cid: 1, startedAt: new Date(2026, 10, 20, 9).getTime() },
        { ...BARE, cid: 2, startedAt: new Date(2025, 0, 1, 9).getTime() },
      ],
      'zh',
    )
    expect(page.all('.section').map(words)).toEqual(['11月20日 周五', '2025年1月1日 周三'])
  })
})

describe('what changes by itself', () => {
  const changing: Array<[string, Partial<CallRecord>]> = [
    ['a live call', { live: true, recording: 'none' }],
    ['a recording that is finished', { recording: 'finishing' }],
    ['a callback under way', { callback: 'waiting' }],
  ]
  test.each(changing)('%s is asked for every 2 s until it is done', async (_, change) => {
    const { app, page } = await open([{ ...DONE, ...change }])
    expect(app.session.records.list).toHaveBeenCalledTimes(1)
    await jest.advanceTimersByTimeAsync(2000)
    expect(app.session.records.list).toHaveBeenCalledTimes(2)
    app.session.records.list.mockImplementation(async () => [DONE])
    await jest.advanceTimersByTimeAsync(2000)
    expect(page.text('.recording')).toBe('Recorded')
    await jest.advanceTimersByTimeAsync(60_000)
    expect(app.session.records.list).toHaveBeenCalledTimes(3)
  })

  test('nobody asks while the page is not seen', async () => {
    const { app, page } = await open([{ ...DONE, recording: 'finishing' }])
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

test('a page that was left while a callback was sent again asks no more than once', async () => {
  const { app, page } = await opened({ ...DONE, live: true, callback: 'failed' })
  const sent = deferred<void>()
  app.session.records.resend.mockReturnValue(sent.promise)
  await page.tap('.callback')
  await page.run('onHide')
  app.session.records.list.mockClear()
  sent.resolve()
  await jest.advanceTimersByTimeAsync(60_000)
  expect(app.session.records.list).toHaveBeenCalledTimes(1)
})

describe('an opened call', () => {
  test('shows its files, whose they are, their length and size', async () => {
    const { page } = await opened(DONE)
    expect(page.all('.file').map(words)).toEqual([
      'My sound 00:12 · .aac · 125 KB',
      'My video 00:12 · .mp4 · 125 KB',
      "bob's sound 00:12 · .aac · 125 KB",
    ])
    await page.tap('.head')
    expect(page.has('.details')).toBe(false)
  })

  test.each([
    ['none', 'This call was not recorded'],
    ['live', 'Being recorded'],
    ['finishing', 'The files are being finished'],
    ['done', 'The recording left no file'],
    ['failed', 'The files could not be made'],
  ] as const)('without files: %s', async (recording, sentence) => {
    const { page } = await opened({ ...DONE, recording, files: [] })
    expect(page.text('.no-files')).toContain(sentence)
  })

  test("the notes say what could not be given; an unknown one in the service's words", async () => {
    const codes = ['mix-unavailable', 'live-recording-unavailable', 'unfinished', 'new-thing']
    const { page } = await opened({ ...DONE, notes: codes.map((code) => ({ code, message: `said: ${code}` })) })
    expect(page.all('.note').map(words)).toEqual([
      'This service does not make mixed files yet',
      'This service does not make live recordings (.flv) yet',
      'A part of the recording could not be kept whole',
      'said: new-thing',
    ])
  })

  test('a link is copied whole', async () => {
    const { page } = await opened(DONE)
    await send(part(page, 1, '.copy'), 'tap')
    expect(wx.setClipboardData).toHaveBeenCalledWith(expect.objectContaining({ data: DONE.files[1]?.url }))
    expect(wx.showToast).toHaveBeenLastCalledWith({ title: 'Link copied', icon: 'none' })
  })

  test('a link that cannot be copied is said', async () => {
    Object.assign(wx, { setClipboardData: jest.fn(({ fail }) => fail({ errMsg: 'denied' })) })
    const { page } = await opened(DONE)
    await send(part(page, 0, '.copy'), 'tap')
    expect(wx.showToast).toHaveBeenLastCalledWith({ title: 'Not copied. Please try again', icon: 'none' })
  })

  test.each([
    ['none', []],
    ['waiting', ['Callback waiting']],
    ['sent', ['Callback sent']],
    ['failed', ['Callback failed, send again']],
  ] as const)('the callback %s', async (callback, pills) => {
    const { app, page } = await opened({ ...DONE, callback })
    expect(page.all('.callback').map(words)).toEqual(pills)
    if (pills.length > 0 && callback !== 'failed') await page.tap('.callback')
    expect(app.session.records.resend).not.toHaveBeenCalled()
  })

  test('a failed callback is sent again', async () => {
    const { app, page } = await opened({ ...DONE, callback: 'failed' })
    const sent = deferred<void>()
    app.session.records.resend.mockReturnValue(sent.promise)
    await page.tap('.callback')
    expect(page.text('.callback')).toBe('Sending again…')
    await page.tap('.callback')
    expect(app.session.records.resend.mock.calls).toEqual([[7]])
    app.session.records.list.mockImplementation(async () => [DONE])
    sent.resolve()
    await settle()
    expect(page.text('.callback')).toBe('Callback sent')
  })

  test('a callback that cannot be sent again is said', async () => {
    const { app, page } = await opened({ ...DONE, callback: 'failed' })
    app.session.records.resend.mockRejectedValue(new Error('no'))
    await page.tap('.callback')
    await settle()
    expect(wx.showToast).toHaveBeenLastCalledWith(
      expect.objectContaining({ title: expect.stringContaining('refused') }),
    )
    expect(page.text('.callback')).toBe('Callback failed, send again')
  })
})

describe('playing', () => {
  test('a sound plays with its progress, pauses and goes on', async () => {
    const { page } = await opened(DONE)
    await send(part(page, 0, '.play'), 'tap')
    const [sound] = sounds
    expect(sound).toMatchObject({ src: DONE.files[0]?.url, calls: ['play'] })
    Object.assign(sound ?? {}, { currentTime: 3, duration: 12 })
    sound?.send('TimeUpdate')
    expect(page.data).toMatchObject({ percent: 25, position: '00:03' })
    expect(page.text('.file')).toContain('00:03 / 00:12')
    await send(part(page, 0, '.play'), 'tap')
    expect(sound?.calls).toEqual(['play', 'pause'])
    await send(part(page, 0, '.play'), 'tap')
    expect(sound?.calls).toEqual(['play', 'pause', 'play'])
    sound?.send('Ended')
    expect(page.data).toMatchObject({ playing: '', percent: 0 })
    expect(sound?.calls.at(-1)).toBe('destroy')
  })

  test("the record's own length serves while the player knows none", async () => {
    const { page } = await opened(DONE)
    await send(part(page, 0, '.play'), 'tap')
    Object.assign(sounds[0] ?? {}, { currentTime: 6, duration: Number.NaN })
    sounds[0]?.send('TimeUpdate')
    expect(page.data['percent']).toBe(50)
  })

  test('a picture plays in place and can be closed', async () => {
    const { page } = await opened(DONE)
    await send(part(page, 1, '.play'), 'tap')
    const picture = part(page, 1, '.picture')
    expect(picture && attribute(picture, 'src')).toBe(DONE.files[1]?.url)
    await send(part(page, 1, '.play'), 'tap')
    expect(part(page, 1, '.picture')).toBeUndefined()
  })

  test('only one plays at a time', async () => {
    const { page } = await opened(DONE)
    await send(part(page, 0, '.play'), 'tap')
    await send(part(page, 1, '.play'), 'tap')
    expect(sounds[0]?.calls.at(-1)).toBe('destroy')
    expect(part(page, 1, '.picture')).toBeDefined()
    await send(part(page, 2, '.play'), 'tap')
    expect(part(page, 1, '.picture')).toBeUndefined()
    expect(sounds.map(({ src }) => src)).toEqual([DONE.files[0]?.url, DONE.files[2]?.url])
  })

  test('what plays goes on when the list comes anew with fresh addresses', async () => {
    const { app, page } = await opened(DONE)
    await send(part(page, 1, '.play'), 'tap')
    const files = DONE.files.map((each) => ({ ...each, url: `${each.url}2` }))
    app.session.records.list.mockImplementation(async () => [{ ...DONE, files }])
    await page.run('onPullDownRefresh')
    const picture = part(page, 1, '.picture')
    expect(picture && attribute(picture, 'src')).toBe(DONE.files[1]?.url)
  })

  test.each(['onHide', 'onUnload'] as const)('%s stops it', async (lifecycle) => {
    const { page } = await opened(DONE)
    await send(part(page, 0, '.play'), 'tap')
    await page.run(lifecycle)
    expect(sounds[0]?.calls.at(-1)).toBe('destroy')
    expect(page.data['playing']).toBe('')
  })

  test('closing the call stops it', async () => {
    const { page } = await opened(DONE)
    await send(part(page, 0, '.play'), 'tap')
    await page.tap('.head')
    expect(sounds[0]?.calls.at(-1)).toBe('destroy')
  })

  test('what cannot be played is said: a sound, a picture', async () => {
    const { page } = await opened(DONE)
    await send(part(page, 0, '.play'), 'tap')
    sounds[0]?.send('Error')
    expect(wx.showToast).toHaveBeenCalledTimes(1)
    await send(part(page, 1, '.play'), 'tap')
    await send(part(page, 1, '.picture'), 'error')
    expect(wx.showToast).toHaveBeenCalledTimes(2)
    expect(wx.showToast).toHaveBeenLastCalledWith(
      expect.objectContaining({ title: expect.stringContaining('Cannot be played') }),
    )
    expect(page.data['playing']).toBe('')
  })

  test('a picture that ends closes', async () => {
    const { page } = await opened(DONE)
    await send(part(page, 1, '.play'), 'tap')
    await send(part(page, 1, '.picture'), 'ended')
    expect(page.data['playing']).toBe('')
  })
})
