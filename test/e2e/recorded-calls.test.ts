/** Recorded calls, from the first tap to the verified callback and the file on the phone, judged by decoded content. */
import { createHash } from 'node:crypto'
import type { Locator } from 'playwright-core'
import { z } from 'zod'
import type { ApiCall, ApiFile } from '../../miniprogram/netcall/http-api'
import { voicesOf, hear, see, WAY } from './support/decode'
import { offences } from './support/looks'
import { until, type Phone } from './support/phone'
import { apart, signatureOf, Stage, type Scene } from './support/stage'
import { setRecording } from './support/toggles'

const ALICE = signatureOf('alice')
const BOB = signatureOf('bob')
/** s, of the peer's audio. */
const TALK = 3

let stage: Stage
let scene: Scene
let alice: Phone
let bob: Phone
beforeAll(async () => {
  stage = await Stage.open()
  scene = await stage.show('alice', 'bob')
  alice = scene.phone('alice')
  bob = scene.phone('bob')
})
afterAll(() => stage.close())

/** The requested files as `account.kind`, and the kind of the composite. */
function filesOf({ files }: ApiCall): [own: string[], mix: string | null] {
  const own = files.filter(({ mix }) => !mix).map(({ account, kind }) => `${account}.${kind}`)
  return [own.sort(), files.find(({ mix }) => mix)?.kind ?? null]
}
async function callbacksOf({ cid }: ApiCall, count: number) {
  return until(async () => {
    const received = await stage.received(cid)
    return received.length >= count ? received : null
  }, `${count} callbacks`)
}

function button(name: string): Locator {
  return alice.frame.getByRole('button', { name, exact: true })
}
/** Taps a button that starts a download: its name and md5. */
async function fetched(button: Locator): Promise<[name: string, md5: string]> {
  const [download] = await Promise.all([scene.page.waitForEvent('download'), button.click()])
  const md5 = createHash('md5')
  for await (const chunk of await download.createReadStream()) md5.update(chunk)
  return [download.suggestedFilename(), md5.digest('hex')]
}
test("a recorded video call produces each member's files and a composite, listed and played on both phones", async () => {
  for (const phone of [alice, bob]) await phone.set({ quality: 'standard' })
  await setRecording(alice, { audio: true, video: true, type: '0' })
  await setRecording(bob, { audio: true, video: false, type: '2' })
  await bob.openTab(2)

  await alice.callPerson('bob', 'video')
  await alice.isOn('pages/call/call')
  // It rings over any page, and shows before the answer that the caller records.
  await bob.isOn('pages/incoming-call/incoming-call')
  await bob.sees('.recorded')
  await bob.tap('#accept')
  await bob.isOn('pages/call/call')

  const [atAlice, atBob] = await Promise.all([alice.seesPeer(), bob.seesPeer()])
  expect(apart(atAlice.colour, BOB.colour)).toBeLessThan(30)
  expect(apart(atBob.colour, ALICE.colour)).toBeLessThan(30)
  await Promise.all([alice.hears(BOB.tone), bob.hears(ALICE.tone)])
  await Promise.all([alice.sees('#recording'), bob.sees('#recording')])
  const [bobHeard, aliceHeard] = await Promise.all([alice.playsFor(TALK), bob.playsFor(TALK)])
  await bob.hangUp()
  await Promise.all([alice.isBack(), bob.isBack('pages/settings/settings')])
  await Promise.all([alice.isQuiet(), bob.isQuiet()])

  const call = await stage.settledCall('alice')
  expect(call).toMatchObject({ type: 2, caller: 'alice', endReason: 'hangup', recording: { state: 'done', notes: [] } })
  expect(filesOf(call)).toEqual([['alice.aac', 'alice.mp4', 'bob.aac'], 'mp4'])
  for (const file of call.files) {
    const url = stage.preview.url + file.url
    const bytes = Buffer.from(await (await fetch(url)).arrayBuffer())
    expect(bytes.length).toBe(file.size)
    expect(createHash('md5').update(bytes).digest('hex')).toBe(file.md5)
    if (file.mix) {
      expect(file.filename).toMatch(new RegExp(`^0-${call.cid}-\\d{13}-0-mix\\.mp4$`))
      continue
    }
    const [own, heard] = file.account === 'alice' ? [ALICE, aliceHeard] : [BOB, bobHeard]
    expect(file.filename).toMatch(new RegExp(`^0-${call.cid}-\\d{13}-${file.uid}\\.${file.kind}$`))

    const sound = await hear(scene.page, url, [ALICE.tone, BOB.tone])
    if (!sound) throw new Error(`${file.filename} has no sound`)
    expect(Math.abs(sound.duration * 1000 - file.duration)).toBeLessThan(500)
    // It contains everything that the other side played.
    expect(sound.duration).toBeGreaterThan(heard)
    expect(sound.duration * 1000).toBeLessThan(call.duration + WAY)
    expect(voicesOf(sound)).toEqual([own.tone])
    if (file.kind === 'aac') continue
    const picture = await see(scene.page, url)
    if (!picture) throw new Error(`${file.filename} has no picture`)
    expect(Math.abs(picture.duration - sound.duration)).toBeLessThan(0.5)
    // It moves; how smoothly depends on the machine.
    expect(picture.changes).toBeGreaterThan(0)
    for (const colour of picture.colours) expect(apart(colour, own.colour)).toBeLessThan(30)
  }

  const callbacks = await callbacksOf(call, 3)
  expect(callbacks.every(({ valid }) => valid)).toBe(true)
  expect(callbacks.map(({ eventType }) => eventType).sort()).toEqual(['20', '5', '6'])
  const body = JSON.parse(callbacks.find(({ eventType }) => eventType === '6')?.body ?? '{}')
  const fileinfo = z.array(z.object({ filename: z.string(), md5: z.string() })).parse(JSON.parse(body.fileinfo))
  const files = call.files.map(({ filename, md5 }) => ({ filename, md5 }))
  expect(fileinfo).toHaveLength(files.length)
  expect(fileinfo).toEqual(expect.arrayContaining(files))

  await alice.openTab(1)
  await alice.tap('.call .head')
  await until(async () => (await alice.frame.locator('.file:visible').count()) === 4, 'all files on the page')
  // The composite first, then the member's own.
  const [mix, sound] = [
    alice.frame.locator('.call .file').first(),
    alice.frame.locator('.call .file', { hasText: '声音' }).last(),
  ]
  await mix.locator('[role=button]').first().click()
  await until(() => alice.plays('wx-video video'), 'the composite to play')
  await sound.locator('[role=button]').first().click()
  await sound.getByText(/00:0[1-9] \/ /).waitFor()
  await alice.frame.locator('.call .file').first().locator('[role=button]').last().click()
  await alice.seesText('链接已复制')
  await bob.openTab(1)
  await bob.tap('.call .head')
  await until(async () => (await bob.frame.locator('.file:visible').count()) === 4, 'all files on the other page')
  await bob.openTab(0)
})

describe('on the records page', () => {
  let files: ApiFile[]
  beforeAll(async () => {
    files = (await stage.settledCall('alice')).files
  })
  afterAll(() => alice.openTab(0))

  function md5Of(wanted: (file: ApiFile) => boolean): string | undefined {
    return files.find(wanted)?.md5
  }

  test('the composite is saved to the album, unchanged, once permitted', async () => {
    await alice.allow('album', 'refused')
    await button('下载 所有人的画面').click()
    await alice.seesText('小程序没有相册权限')
    await button('去设置').click()
    await alice.frame.locator('input[name="scope.writePhotosAlbum"]').check()
    await button('完成').click()
    expect(await fetched(button('下载 所有人的画面'))).toEqual(['video.mp4', md5Of(({ mix }) => mix)])
    await alice.seesText('已保存到相册')
  })
  test('an audio file is sent to a chat under its own name', async () => {
    const sound = files.find(({ account, kind }) => account === 'bob' && kind === 'aac')
    await button('下载 bob 的声音').click()
    await alice.seesText('文件已下载')
    expect(await fetched(button('发到聊天'))).toEqual([sound?.filename, sound?.md5])
  })
  test('the opened call with its files is readable and tappable in every theme and language', async () => {
    expect(await offences(scene, alice)).toEqual([])
  })
})

test.each([
  {
    kind: 'video',
    settings: [
      { audio: false, video: true, type: '2' },
      { audio: true, video: true, type: '1' },
    ],
    files: [['alice.mp4'], 'mp4'],
  },
  {
    kind: 'audio',
    settings: [
      { audio: true, video: true, type: '2' },
      { audio: false, video: true, type: '2' },
    ],
    files: [['alice.aac'], null],
  },
] as const)('a $kind call leaves what the settings ask for and nothing else: $files', async (row) => {
  await setRecording(alice, row.settings[0])
  await setRecording(bob, row.settings[1])
  await alice.callPerson('bob', row.kind)
  await bob.tap('#accept')
  if (row.kind === 'video') await Promise.all([alice.seesPeer(), bob.seesPeer()])
  // The ring around the avatar follows the voice.
  else await Promise.all([alice.sees('#cover .ring'), bob.sees('#cover .ring')])
  await Promise.all([alice.hears(BOB.tone), bob.hears(ALICE.tone)])
  await Promise.all([alice.sees('#recording'), bob.sees('#recording')])
  await alice.hangUp()
  await Promise.all([alice.isBack(), bob.isBack()])

  const call = await stage.settledCall('alice')
  expect(filesOf(call)).toEqual(row.files)
  expect(call.recording.notes).toEqual([])
  // Its sources are deleted once the files are stored.
  const names = call.files.map(({ filename }) => filename).sort()
  await until(async () => stage.filesOnDisk(call.cid).sort().join() === names.join(), `no file but ${names.join()}`)
  expect((await callbacksOf(call, 3)).map(({ eventType }) => eventType).sort()).toEqual(['20', '5', '6'])

  // Without "record sound" the mp4 is silent.
  const silent = call.files.find(({ account, kind }) => account === 'alice' && kind === 'mp4')
  if (!silent) return
  expect(await hear(scene.page, stage.preview.url + silent.url, [ALICE.tone])).toBeNull()
  expect(await see(scene.page, stage.preview.url + silent.url)).toMatchObject({ width: expect.any(Number) })
})

test('no phone reported an error', () => {
  expect(scene.problems).toEqual([])
})
