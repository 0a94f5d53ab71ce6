/** An opened call on the records page: its files, its callback, and playing. */
import { deferred } from '../../support/deferred'
import { attribute, send, words } from '../../support/nodes'
import { DONE, NOW, openedRecords } from '../../support/records-page'
import { settle, type Mounted } from '../../support/simulate'

/** An audio player whose events are sent by the test. */
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

/** A part of the nth file of the opened call. */
function part(page: Mounted, index: number, selector: string) {
  return page.all('.file')[index]?.querySelector(selector)
}
describe('an opened call', () => {
  test('shows its files with owner, duration and size', async () => {
    const { page } = await openedRecords(DONE)
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
    const { page } = await openedRecords({ ...DONE, recording, files: [] })
    expect(page.text('.no-files')).toContain(sentence)
  })

  test('shows the progress of the mix, and then the composite', async () => {
    const making = await openedRecords({ ...DONE, recording: 'finishing', progress: 0.427 })
    expect(making.page.text('.recording')).toContain('Mixing 42%')
    expect(making.page.attributes('.mixing', '.progress')).toMatchObject({
      'aria-role': 'progressbar',
      'aria-label': "Everybody's file is being made",
      'aria-valuenow': 42,
    })
    making.app.session.records.list.mockImplementation(async () => [DONE])
    await jest.advanceTimersByTimeAsync(2000)
    expect(making.page.has('.mixing')).toBe(false)
    const [sound, picture] = DONE.files.map((file) => ({ ...file, mix: true }))
    const live = DONE.files.map((file) => ({ ...file, kind: 'flv' as const })).slice(0, 1)
    const { page } = await openedRecords({ ...DONE, files: [sound, picture, ...live].flatMap((file) => file ?? []) })
    expect(page.all('.file').map(words)).toEqual([
      "Everybody's sound 00:12 · .aac · 125 KB",
      "Everybody's video 00:12 · .mp4 · 125 KB",
      'My live recording 00:12 · .flv · 125 KB',
    ])
    // No phone plays an flv file.
    expect(page.all('.note').map(words)).toEqual(['A live recording (.flv) needs a player on a computer'])
    expect([0, 1, 2].map((index) => Boolean(part(page, index, '.play')))).toEqual([true, true, false])
  })

  test('numbers the pieces of a split recording', async () => {
    const [sound] = DONE.files
    const files = sound ? [1, 2].map((part) => ({ ...sound, filename: `a-${part}.aac`, part })) : []
    const { page } = await openedRecords({ ...DONE, files })
    expect(page.all('.file').map(words)).toEqual([
      'My sound · part 1 00:12 · .aac · 125 KB',
      'My sound · part 2 00:12 · .aac · 125 KB',
    ])
  })

  test("shows notes about missing files; unknown ones in the service's words", async () => {
    const codes = ['mix-unavailable', 'mix-failed', 'unfinished', 'new-thing']
    const { page } = await openedRecords({ ...DONE, notes: codes.map((code) => ({ code, message: `said: ${code}` })) })
    expect(page.all('.note').map(words)).toEqual([
      'The service has no ffmpeg to make the mixed file with',
      'The mixed file could not be made',
      'A part of the recording could not be kept whole',
      'said: new-thing',
    ])
  })

  test('names members with lost frames, and their number', async () => {
    const { page } = await openedRecords({ ...DONE, missing: [{ account: 'bob', pictures: 3, sounds: 2 }] })
    expect(page.all('.note').map(words)).toEqual(['bob: 3 video frames and 2 audio frames are missing'])
  })

  test('copies a whole URL', async () => {
    const { page } = await openedRecords(DONE)
    await send(part(page, 1, '.copy'), 'tap')
    expect(wx.setClipboardData).toHaveBeenCalledWith(expect.objectContaining({ data: DONE.files[1]?.url }))
    expect(wx.showToast).toHaveBeenLastCalledWith({ title: 'Link copied', icon: 'none' })
  })

  test('reports a URL that cannot be copied', async () => {
    Object.assign(wx, { setClipboardData: jest.fn(({ fail }) => fail({ errMsg: 'denied' })) })
    const { page } = await openedRecords(DONE)
    await send(part(page, 0, '.copy'), 'tap')
    expect(wx.showToast).toHaveBeenLastCalledWith({ title: 'Not copied. Please try again', icon: 'none' })
  })

  test.each([
    ['none', []],
    ['waiting', ['Callback waiting']],
    ['sent', ['Callback sent']],
    ['failed', ['Callback failed, send again']],
  ] as const)('the callback %s', async (callback, pills) => {
    const { app, page } = await openedRecords({ ...DONE, callback })
    expect(page.all('.callback').map(words)).toEqual(pills)
    if (pills.length > 0 && callback !== 'failed') await page.tap('.callback')
    expect(app.session.records.resend).not.toHaveBeenCalled()
  })

  test('sends a failed callback again', async () => {
    const { app, page } = await openedRecords({ ...DONE, callback: 'failed' })
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

  test("shows failed attempts in the service's words, only when opened", async () => {
    const callbacks = [
      { eventType: '20', state: 'sent', attempts: 2, lastError: null },
      { eventType: '5', state: 'failed', attempts: 6, lastError: 'HTTP 500' },
      { eventType: '6', state: 'waiting', attempts: 1, lastError: 'no answer within 10 s' },
      { eventType: '9', state: 'waiting', attempts: 0, lastError: null },
    ] as const
    const { page } = await openedRecords({ ...DONE, callback: 'failed', callbacks: [...callbacks] })
    expect(page.all('.try').map(words)).toEqual([
      'Call duration · tried 6 × · HTTP 500',
      'Recorded files · tried 1 × · no answer within 10 s',
    ])
    await page.tap('.head')
    expect(page.text()).not.toContain('HTTP 500')
  })

  test('reports a callback that cannot be sent again', async () => {
    const { app, page } = await openedRecords({ ...DONE, callback: 'failed' })
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
  test('an audio file plays with its progress, pauses and continues', async () => {
    const { page } = await openedRecords(DONE)
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

  test("uses the record's duration while the player has none", async () => {
    const { page } = await openedRecords(DONE)
    await send(part(page, 0, '.play'), 'tap')
    Object.assign(sounds[0] ?? {}, { currentTime: 6, duration: Number.NaN })
    sounds[0]?.send('TimeUpdate')
    expect(page.data['percent']).toBe(50)
  })

  test('a video plays in place and can be closed', async () => {
    const { page } = await openedRecords(DONE)
    await send(part(page, 1, '.play'), 'tap')
    const picture = part(page, 1, '.picture')
    expect(picture && attribute(picture, 'src')).toBe(DONE.files[1]?.url)
    await send(part(page, 1, '.play'), 'tap')
    expect(part(page, 1, '.picture')).toBeUndefined()
  })

  test('plays one file at a time', async () => {
    const { page } = await openedRecords(DONE)
    await send(part(page, 0, '.play'), 'tap')
    await send(part(page, 1, '.play'), 'tap')
    expect(sounds[0]?.calls.at(-1)).toBe('destroy')
    expect(part(page, 1, '.picture')).toBeDefined()
    await send(part(page, 2, '.play'), 'tap')
    expect(part(page, 1, '.picture')).toBeUndefined()
    expect(sounds.map(({ src }) => src)).toEqual([DONE.files[0]?.url, DONE.files[2]?.url])
  })

  test('continues while the list is reloaded with new URLs', async () => {
    const { app, page } = await openedRecords(DONE)
    await send(part(page, 1, '.play'), 'tap')
    const files = DONE.files.map((each) => ({ ...each, url: `${each.url}2` }))
    app.session.records.list.mockImplementation(async () => [{ ...DONE, files }])
    await page.run('onPullDownRefresh')
    const picture = part(page, 1, '.picture')
    expect(picture && attribute(picture, 'src')).toBe(DONE.files[1]?.url)
  })

  test.each(['onHide', 'onUnload'] as const)('%s stops it', async (lifecycle) => {
    const { page } = await openedRecords(DONE)
    await send(part(page, 0, '.play'), 'tap')
    await page.run(lifecycle)
    expect(sounds[0]?.calls.at(-1)).toBe('destroy')
    expect(page.data['playing']).toBe('')
  })

  test('stops when the call is closed', async () => {
    const { page } = await openedRecords(DONE)
    await send(part(page, 0, '.play'), 'tap')
    await page.tap('.head')
    expect(sounds[0]?.calls.at(-1)).toBe('destroy')
  })

  test('reports audio and video that cannot be played', async () => {
    const { page } = await openedRecords(DONE)
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

  test('requests a new URL for an expired one', async () => {
    const { app, page } = await openedRecords(DONE)
    await send(part(page, 0, '.play'), 'tap')
    sounds[0]?.send('Error')
    expect(app.session.records.list).toHaveBeenCalledTimes(2)
  })

  test('closes a video at its end', async () => {
    const { page } = await openedRecords(DONE)
    await send(part(page, 1, '.play'), 'tap')
    await send(part(page, 1, '.picture'), 'ended')
    expect(page.data['playing']).toBe('')
  })
})
