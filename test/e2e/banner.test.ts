/** Leaving the call page without ending the call: the banner keeps it, with its sound, on every other page. */
import { signatureOf, Stage, type Scene } from './support/stage'

const CONTACTS = 'pages/contacts/contacts'
const CALL = 'pages/call/call'
const ALICE = signatureOf('alice')
const BOB = signatureOf('bob')

let stage: Stage
let scene: Scene
beforeAll(async () => {
  stage = await Stage.open()
  scene = await stage.show('alice', 'bob', 'carol')
})
afterAll(() => stage.close())

test('the call goes on from page to page, is busy meanwhile, and its page comes back by a tap', async () => {
  const [alice, bob, carol] = [scene.phone('alice'), scene.phone('bob'), scene.phone('carol')]
  await alice.callPerson('bob', 'video')
  await bob.tap('#accept')
  await Promise.all([alice.seesPeer(), bob.seesPeer()])

  await alice.showControls()
  await alice.tap('#leave')
  await alice.isOn(CONTACTS)
  await alice.seesText('与 bob 通话中')
  await bob.seesPeer()
  await bob.hears(ALICE.tone)
  await alice.hears(BOB.tone)
  expect(await alice.screenKeptOn()).toBe(true)

  for (const tab of [1, 2, 0] as const) {
    await alice.openTab(tab)
    await alice.seesText('与 bob 通话中')
    await alice.hears(BOB.tone)
    expect(await alice.leftovers()).toMatchObject({ pushers: 1, players: 1 })
  }

  await carol.callPerson('alice', 'audio')
  await carol.seesText('alice 正在通话中')
  await carol.tap('#close')

  await alice.tapText('与 bob 通话中')
  await alice.isOn(CALL)
  await Promise.all([alice.seesPeer(), bob.seesPeer()])
  expect(await alice.leftovers()).toMatchObject({ pushers: 1, players: 1 })
  await alice.hangUp()
  await Promise.all([alice.isQuiet(), bob.isQuiet()])
  expect(await alice.screenKeptOn()).toBe(false)
})

test('an end that comes while the page is left is said by the banner, and nothing is left over', async () => {
  const [alice, bob] = [scene.phone('alice'), scene.phone('bob')]
  await alice.callPerson('bob', 'audio')
  await bob.tap('#accept')
  await alice.hears(BOB.tone)
  await alice.tap('#leave')
  await alice.hears(BOB.tone)
  await bob.hangUp()
  await alice.seesText('bob 已挂断')
  await Promise.all([alice.isQuiet(), bob.isQuiet()])
  await alice.isOn(CONTACTS)
})

test('a call that rings is not refused by a swipe: it rings on, and its page comes back', async () => {
  const [alice, bob] = [scene.phone('alice'), scene.phone('bob')]
  await alice.callPerson('bob', 'audio')
  await bob.isOn('pages/incoming-call/incoming-call')
  await bob.swipeBack()
  await bob.isOn(CONTACTS)
  await bob.tapText('alice 来电')
  await bob.tap('#accept')
  await Promise.all([alice.hears(BOB.tone), bob.hears(ALICE.tone)])
  await bob.hangUp()
  await Promise.all([alice.isQuiet(), bob.isQuiet()])
})

test('no phone complained', () => {
  expect(scene.problems).toEqual([])
})
