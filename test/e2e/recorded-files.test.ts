/** Which files a call leaves: what each side's settings asked for, and nothing else. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Locator } from 'playwright-core'
import type { ApiFile } from '../../miniprogram/netcall/http-api'
import { hear, see } from './support/decode'
import { signatureOf, Stage, type Scene } from './support/stage'
import { setRecording, type RecordingToggles } from './support/toggles'
import { offences } from './support/looks'
import { until, type Phone } from './support/phone'

const ALICE = signatureOf('alice')
const NOTHING: RecordingToggles = { audio: false, video: false, type: '2' }

let stage: Stage
let scene: Scene
beforeAll(async () => {
  stage = await Stage.open()
  scene = await stage.show('alice', 'bob')
})
afterAll(() => stage.close())

interface Case {
  kind: 'audio' | 'video'
  alice: RecordingToggles
  bob: RecordingToggles
  files: string[]
  /** Of the mixed file, where there is one. */
  mix: 'aac' | 'mp4' | null
  /** Shown on both phones while they talk. */
  badge: boolean
}
const CASES: Case[] = [
  { kind: 'video', alice: NOTHING, bob: NOTHING, files: [], mix: null, badge: false },
  {
    kind: 'video',
    alice: { audio: false, video: true, type: '2' },
    bob: { audio: true, video: true, type: '1' },
    files: ['alice.mp4'],
    mix: 'mp4',
    badge: true,
  },
  {
    kind: 'video',
    alice: { audio: true, video: false, type: '0' },
    bob: { audio: true, video: true, type: '2' },
    files: ['alice.aac', 'bob.aac', 'bob.mp4'],
    mix: 'mp4',
    badge: true,
  },
  {
    kind: 'audio',
    alice: { audio: true, video: true, type: '2' },
    bob: { audio: false, video: true, type: '2' },
    files: ['alice.aac'],
    mix: null,
    badge: true,
  },
]

test.each(CASES)('$kind call, alice asks for $alice, bob for $bob: $files', async (row) => {
  const [alice, bob] = [scene.phone('alice'), scene.phone('bob')]
  await setRecording(alice, row.alice)
  await setRecording(bob, row.bob)
  await alice.tap(`.person .${row.kind}`)
  await bob.tap('#accept')
  if (row.kind === 'video') await Promise.all([alice.seesPeer(), bob.seesPeer()])
  // The ring around the face moves with the voice.
  else await Promise.all([alice.sees('#cover .ring'), bob.sees('#cover .ring')])
  await alice.hears(signatureOf('bob').tone)
  await bob.hears(ALICE.tone)
  for (const phone of [alice, bob]) expect(await phone.shown('#recording').isVisible()).toBe(row.badge)
  await alice.hangUp()
  await Promise.all([alice.isOn('pages/contacts/contacts'), bob.isOn('pages/contacts/contacts')])

  const call = await stage.settledCall('alice')
  const singles = call.files.filter(({ mix }) => !mix)
  expect(singles.map(({ account, kind }) => `${account}.${kind}`).sort()).toEqual(row.files)
  // What they were made from goes once they are written down.
  const names = call.files
    .map(({ filename }) => filename)
    .sort()
    .join()
  await until(() => Promise.resolve(stage.filesOnDisk(call.cid).sort().join() === names), `no file but ${names}`)
  expect(call.files.find(({ mix }) => mix)?.kind ?? null).toBe(row.mix)
  expect(call.recording.notes).toEqual([])
  const events = row.files.length > 0 ? ['20', '5', '6'] : ['20', '5']
  await until(async () => (await stage.received(call.cid)).length === events.length, `the callbacks ${events.join()}`)
  expect((await stage.received(call.cid)).map(({ eventType }) => eventType).sort()).toEqual(events)

  // Who switched "record sound" off is not heard in the picture's file.
  const silent = singles.find(({ account, kind }) => account === 'alice' && kind === 'mp4')
  if (!silent) return
  expect(await hear(scene.page, stage.preview.url + silent.url, [ALICE.tone])).toBeNull()
  expect(await see(scene.page, stage.preview.url + silent.url)).toMatchObject({ width: expect.any(Number) })
})

/** Taps a button that has the browser download something: its name and md5. */
async function fetched(button: Locator): Promise<[name: string, md5: string]> {
  const [download] = await Promise.all([scene.page.waitForEvent('download'), button.click()])
  const md5 = createHash('md5').update(readFileSync(await download.path()))
  return [download.suggestedFilename(), md5.digest('hex')]
}

describe('fetched onto the phone', () => {
  let alice: Phone
  let files: ApiFile[]
  beforeAll(async () => {
    alice = scene.phone('alice')
    const calls = await stage.calls('alice')
    const at = calls.findIndex((call) => call.files.some(({ mix }) => mix))
    files = calls[at]?.files ?? []
    await alice.openTab(1)
    await alice.frame.locator('.call .head:visible').nth(at).click()
  })
  afterAll(() => alice.openTab(0))

  function button(name: string): Locator {
    return alice.frame.getByRole('button', { name, exact: true })
  }
  function md5Of(wanted: (file: ApiFile) => boolean): string | undefined {
    return files.find(wanted)?.md5
  }

  test('everybody’s film goes to the album, whole', async () => {
    expect(await fetched(button('下载 所有人的画面'))).toEqual(['video.mp4', md5Of(({ mix }) => mix)])
    await alice.seesText('已保存到相册')
  })
  test('a sound goes to a chat, under its own name', async () => {
    const sound = files.find(({ account, kind }) => account === 'bob' && kind === 'aac')
    await button('下载 bob 的声音').click()
    await alice.seesText('文件已下载')
    expect(await fetched(button('发到聊天'))).toEqual([sound?.filename, sound?.md5])
  })
  test('an album that is refused leads to the settings, which allow it', async () => {
    await alice.allow('album', 'refused')
    await button('下载 所有人的画面').click()
    await alice.seesText('小程序没有相册权限')
    await button('去设置').click()
    await alice.frame.locator('input[name="scope.writePhotosAlbum"]').check()
    await button('完成').click()
    expect(await fetched(button('下载 所有人的画面'))).toEqual(['video.mp4', md5Of(({ mix }) => mix)])
  })
  test('the opened call with its files can be seen, read and hit in every look', async () => {
    // Colours are judged as they come to rest.
    await scene.page.emulateMedia({ reducedMotion: 'reduce' })
    expect(await offences(scene, alice)).toEqual([])
  })
})

test('no phone complained', () => {
  expect(scene.problems).toEqual([])
})
