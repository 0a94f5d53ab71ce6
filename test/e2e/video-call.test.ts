/** The story, from the first tap to the verified callback, judged by what is seen and heard. */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { clearTones, hear, see, WAY } from './support/decode'
import { until } from './support/phone'
import { apart, signatureOf, Stage } from './support/stage'
import { setRecording } from './support/toggles'

const ALICE = signatureOf('alice')
const BOB = signatureOf('bob')
/** ms */
const TALK = 6_000

let stage: Stage
beforeAll(async () => {
  stage = await Stage.open()
})
afterAll(() => stage.close())

test('two phones, one recorded video call', async () => {
  const { page, problems, phone } = await stage.show('alice', 'bob')
  const [alice, bob] = [phone('alice'), phone('bob')]
  await setRecording(alice, { audio: true, video: true, type: '0' })
  await setRecording(bob, { audio: true, video: false, type: '2' })
  await bob.openTab(2)

  await alice.tap('.person .video')
  await alice.isOn('pages/call/call')
  // It rings over whatever page is on top, and says before the answer that the caller records.
  await bob.isOn('pages/incoming-call/incoming-call')
  await bob.sees('.recorded')
  await bob.tap('#accept')
  await bob.isOn('pages/call/call')

  const [atAlice, atBob] = await Promise.all([alice.seesPeer(), bob.seesPeer()])
  const seen = Date.now()
  expect(apart(atAlice.colour, BOB.colour)).toBeLessThan(30)
  expect(apart(atBob.colour, ALICE.colour)).toBeLessThan(30)
  await alice.hears(BOB.tone)
  await bob.hears(ALICE.tone)
  await Promise.all([alice.sees('#recording'), bob.sees('#recording')])
  await until(async () => Date.now() - seen > TALK, 'some seconds of talk', TALK * 2)

  const hungUp = Date.now()
  await bob.hangUp()
  await Promise.all([alice.isOn('pages/contacts/contacts'), bob.isOn('pages/settings/settings')])
  await Promise.all([alice.isQuiet(), bob.isQuiet()])

  const call = await stage.settledCall('alice')
  expect(call).toMatchObject({ type: 2, caller: 'alice', endReason: 'hangup', recording: { state: 'done' } })
  const singles = call.files.filter((file) => !file.mix)
  expect(singles.map(({ account, kind }) => `${account}.${kind}`).sort()).toEqual(['alice.aac', 'alice.mp4', 'bob.aac'])
  // Record type 0 asks for a mix, too.
  expect(call.recording.notes).toEqual([])
  const mix = call.files.find((file) => file.mix)
  expect(mix?.filename).toMatch(new RegExp(`^0-${call.cid}-\\d{13}-0-mix\\.mp4$`))

  for (const file of singles) {
    const own = file.account === 'alice' ? ALICE : BOB
    expect(file.filename).toMatch(new RegExp(`^0-${call.cid}-\\d{13}-${file.uid}\\.${file.kind}$`))
    const url = stage.preview.url + file.url
    const bytes = Buffer.from(await (await fetch(url)).arrayBuffer())
    expect(bytes.length).toBe(file.size)
    expect(createHash('md5').update(bytes).digest('hex')).toBe(file.md5)

    const sound = await hear(page, url, [ALICE.tone, BOB.tone])
    if (!sound) throw new Error(`${file.filename} has no sound`)
    expect(Math.abs(sound.duration * 1000 - file.duration)).toBeLessThan(500)
    // All that was heard and seen is in it.
    expect(sound.duration * 1000).toBeGreaterThan(hungUp - seen - WAY)
    expect(sound.duration * 1000).toBeLessThan(call.duration + WAY)
    expect([...clearTones(sound)]).toEqual([own.tone])
    if (file.kind === 'aac') continue
    const picture = await see(page, url)
    if (!picture) throw new Error(`${file.filename} has no picture`)
    expect(Math.abs(picture.duration - sound.duration)).toBeLessThan(0.5)
    // It moves; how smoothly is the machine's affair.
    expect(picture.changes).toBeGreaterThanOrEqual(4)
    for (const colour of picture.colours) expect(apart(colour, own.colour)).toBeLessThan(30)
  }

  const callbacks = await until(async () => {
    const received = await stage.received(call.cid)
    return received.length >= 3 ? received : null
  }, 'all callbacks')
  expect(callbacks.every(({ valid }) => valid)).toBe(true)
  expect(callbacks.map(({ eventType }) => eventType).sort()).toEqual(['20', '5', '6'])
  const body = JSON.parse(callbacks.find(({ eventType }) => eventType === '6')?.body ?? '{}')
  const fileinfo = z.array(z.object({ filename: z.string(), md5: z.string() })).parse(JSON.parse(body.fileinfo))
  const files = call.files.map(({ filename, md5 }) => ({ filename, md5 }))
  expect(fileinfo).toHaveLength(files.length)
  expect(fileinfo).toEqual(expect.arrayContaining(files))

  // The records page has them on both phones, and plays them in place.
  await alice.openTab(1)
  await alice.tap('.call .head')
  await until(async () => (await alice.frame.locator('.file:visible').count()) === 4, 'all files on the page')
  const listed = [...call.files].sort((a, b) => Number(b.mix) - Number(a.mix))
  for (const [index, { kind }] of listed.entries()) {
    const row = alice.frame.locator('.call .file').nth(index)
    await row.locator('[role=button]').first().click()
    if (kind === 'mp4') await until(() => alice.plays('wx-video video'), `${kind} to play`)
    else await row.getByText(/00:0[1-9] \/ /).waitFor()
  }
  await alice.frame.locator('.call .file').first().locator('[role=button]').last().click()
  await alice.seesText('链接已复制')
  await bob.openTab(1)
  await bob.tap('.call .head')
  await until(async () => (await bob.frame.locator('.file:visible').count()) === 4, 'all files on the other page')
  expect(problems).toEqual([])
})
