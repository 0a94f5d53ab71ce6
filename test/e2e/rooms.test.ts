/** Rooms on four phones with real media, judged by what each sees and hears, and by the files that they leave. */
import type { ApiCall } from '../../miniprogram/netcall/http-api'
import { clearTones, hear, see } from './support/decode'
import { until, type Phone } from './support/phone'
import { apart, signatureOf, Stage, type Scene } from './support/stage'
import { setRecording } from './support/toggles'

jest.setTimeout(240_000)
const NAMES = ['alice', 'bob', 'carol', 'erin']
const CONTACTS = 'pages/contacts/contacts'
const INCOMING = 'pages/incoming-call/incoming-call'
const ROOM = 'pages/room/room'
/** Four phones encode and decode on one small machine: pictures are coarse, and what begins takes its time, ms. */
const COLOUR = 40
const PATIENCE = 45_000

let stage: Stage
let scene: Scene

async function start(environment: Record<string, string> = {}): Promise<void> {
  stage = await Stage.open(environment)
  scene = await stage.show(...NAMES)
  for (const phone of phones(...NAMES)) {
    await phone.frame.evaluate(() => window.__phone.app.settings.change({ quality: 'smooth' }))
  }
}
const phones = (...names: string[]): Phone[] => names.map((name) => scene.phone(name))

/** Each of them sees and hears each of those that speak. */
async function meet(names: string[], speakers = names): Promise<void> {
  for (const phone of phones(...names)) {
    for (const speaker of speakers.filter((name) => name !== phone.account)) {
      const { colour, tone } = signatureOf(speaker)
      expect(apart((await phone.seesPeer(speaker, PATIENCE)).colour, colour)).toBeLessThan(COLOUR)
      await phone.hears(tone, speaker, PATIENCE)
    }
  }
}
async function leave(phone: Phone): Promise<void> {
  await phone.tap('#hangup')
  await phone.isOn(CONTACTS)
  await phone.isQuiet()
}
/** Goes into a room through the contacts' form. */
async function joinByName(
  phone: Phone,
  name: string,
  button: '#join-audio' | '#join-video' | '#listen',
): Promise<void> {
  if ((await phone.frame.locator('#room-name:visible').count()) === 0) await phone.tap('#join')
  await phone.shown('#room-name input').fill(name)
  if (button === '#listen') await phone.tapText('只收听')
  await phone.tap(button)
  await phone.isOn(ROOM)
}
/** Waits until a member's tile is gone. */
async function misses(phone: Phone, member: string): Promise<void> {
  await until(async () => (await phone.tile(member).count()) === 0, `${member} to be gone at ${phone.account}`)
}

/** Every file of a room is its member's alone: that one's tone and colour, silence while it was away, nothing of another. */
async function judge(call: ApiCall): Promise<void> {
  const tones = NAMES.map((name) => signatureOf(name).tone)
  for (const { account, kind, url } of call.files) {
    const own = signatureOf(account)
    const sound = await hear(scene.page, stage.preview.url + url, tones)
    const heard = sound === null ? [] : clearTones(sound)
    expect([account, kind, ...heard]).toEqual([account, kind, own.tone])
    if (kind === 'aac') continue
    const picture = await see(scene.page, stage.preview.url + url)
    expect(picture?.changes).toBeGreaterThan(2)
    for (const colour of picture?.colours ?? []) expect(apart(colour, own.colour)).toBeLessThan(COLOUR)
  }
}

describe('four phones', () => {
  beforeAll(() => start())
  afterAll(() => stage.close())

  test('a group call: each sees and hears the others; one leaves and is called in again; each has own files', async () => {
    const [alice, bob, carol, erin] = [...NAMES].map((name) => scene.phone(name))
    if (!alice || !bob || !carol || !erin) throw new Error('four phones')
    for (const phone of [alice, bob, carol, erin]) await setRecording(phone, { audio: true, video: true, type: '2' })

    await alice.tap('#group')
    for (const name of ['bob', 'carol', 'erin']) await alice.frame.locator('.person:visible', { hasText: name }).click()
    await alice.tap('#group-video')
    await alice.isOn(ROOM)
    for (const phone of [bob, carol, erin]) {
      await phone.isOn(INCOMING)
      await phone.seesText('alice')
      await phone.tap('#accept')
      await phone.isOn(ROOM)
    }
    await meet(NAMES)
    for (const phone of [alice, bob, carol, erin]) await phone.sees('#recording')

    await leave(bob)
    for (const phone of [alice, carol, erin]) await misses(phone, 'bob')
    await alice.tap('#invite')
    await alice.tap('#person-bob')
    await alice.tap('#invite-sheet #call')
    await alice.sees('#invitee-bob')
    await bob.tap('#accept')
    await bob.isOn(ROOM)
    await alice.seesNoMore('#invitee-bob')
    await meet(NAMES)

    for (const phone of [erin, carol, bob, alice]) await leave(phone)
    const call = await stage.settledCall('alice')
    expect(call).toMatchObject({ scene: 1, caller: 'alice', recording: { state: 'done' } })
    expect([...new Set(call.files.map(({ account, kind }) => `${account}.${kind}`))].sort()).toEqual(
      NAMES.flatMap((name) => [`${name}.aac`, `${name}.mp4`]),
    )
    await judge(call)
  })

  test('one who declines is shown so, and the caller can be busy for others', async () => {
    const [alice, bob, carol] = [scene.phone('alice'), scene.phone('bob'), scene.phone('carol')]
    await alice.tap('#group')
    await alice.frame.locator('.person:visible', { hasText: 'bob' }).click()
    await alice.tap('#group-audio')
    await bob.isOn(INCOMING)
    await bob.tap('#decline')
    await bob.isOn(CONTACTS)
    await alice.seesText('已拒绝')
    await carol.callPerson('alice', 'audio')
    await carol.seesText('alice 正在通话中，请稍后再拨')
    await leave(alice)
    await carol.tap('#close')
    await carol.isOn(CONTACTS)
  })

  test('by its name: to speak, to listen, and from listening to speaking', async () => {
    const [alice, bob, carol] = [scene.phone('alice'), scene.phone('bob'), scene.phone('carol')]
    await joinByName(alice, 'standup', '#join-video')
    await joinByName(carol, 'standup', '#join-video')
    await meet(['alice', 'carol'])
    await joinByName(bob, 'standup', '#listen')
    await meet(['bob'], ['alice', 'carol'])
    expect(await bob.leftovers()).toMatchObject({ pushers: 0, players: 2, devices: [] })
    await misses(alice, 'bob')
    await bob.tap('#become-host')
    await meet(['alice', 'bob', 'carol'])
    for (const phone of [alice, bob, carol]) await leave(phone)
  })

  test('who lost the network comes back to the same tile; a room whose page was left goes on in the banner', async () => {
    const [alice, carol] = [scene.phone('alice'), scene.phone('carol')]
    await joinByName(alice, 'lounge', '#join-video')
    await joinByName(carol, 'lounge', '#join-video')
    await meet(['alice', 'carol'])
    const tile = await alice.tile('carol').elementHandle()
    await carol.dropNetwork(6_000)
    await alice.seesText('正在重连…')
    await meet(['alice', 'carol'])
    expect(await alice.tile('carol').evaluate((now, before) => now === before, tile)).toBe(true)

    await alice.tap('#leave-page')
    await alice.isOn(CONTACTS)
    await alice.seesText('“lounge” 2 人通话中')
    await alice.hears(signatureOf('carol').tone)
    await carol.hears(signatureOf('alice').tone, 'alice')
    await alice.tap('#banner')
    await alice.isOn(ROOM)
    await meet(['alice', 'carol'])
    for (const phone of [alice, carol]) await leave(phone)
  })

  test('no phone complained', () => {
    expect(scene.problems).toEqual([])
  })
})

describe('a room for three', () => {
  beforeAll(() => start({ ROOM_LIMIT: '3' }))
  afterAll(() => stage.close())

  test('says that it is full, and lets the fourth in when somebody has left', async () => {
    const [alice, bob, carol, erin] = [...NAMES].map((name) => scene.phone(name))
    if (!alice || !bob || !carol || !erin) throw new Error('four phones')
    for (const phone of [alice, bob, carol]) await joinByName(phone, 'small', '#join-audio')
    await alice.hears(signatureOf('carol').tone, 'carol')
    await joinByName(erin, 'small', '#join-audio')
    await erin.seesText('房间已满')
    await leave(bob)
    await erin.tap('#re-enter')
    await erin.hears(signatureOf('alice').tone, 'alice')
    for (const phone of [alice, carol, erin]) await leave(phone)
    expect(scene.problems).toEqual([])
  })
})
