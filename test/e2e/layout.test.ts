/** Every page on small, usual and notched screens, in both languages and both themes: all of it can be seen, read and hit. */
import { offences } from './support/looks'
import { until, type Phone } from './support/phone'
import { Stage, type Scene } from './support/stage'

let stage: Stage
let scene: Scene
let alice: Phone
let bob: Phone
beforeAll(async () => {
  stage = await Stage.open()
  scene = await stage.show('alice', 'bob')
  // Colours are judged as they come to rest.
  await scene.page.emulateMedia({ reducedMotion: 'reduce' })
  ;[alice, bob] = [scene.phone('alice'), scene.phone('bob')]
})
afterAll(() => stage.close())

/** The colour that something of a page has in the light theme and, as the theme changes under it, in the dark one. */
async function grounds(phone: Phone, selector: string): Promise<string[]> {
  const shown = phone.shown(selector)
  const colours: string[] = []
  for (const theme of ['light', 'dark'] as const) {
    await phone.frame.evaluate((theme) => window.__phone.phone.setTheme(theme), theme)
    colours.push(await shown.evaluate((element) => getComputedStyle(element).backgroundColor))
  }
  return colours
}
const LIGHT = 'rgb(246, 247, 249)'
const DARK = 'rgb(15, 17, 20)'

test('contacts', async () => {
  expect(await grounds(alice, 'wx-page')).toEqual([LIGHT, DARK])
  expect(await offences(scene, alice)).toEqual([])
})

test('settings', async () => {
  await alice.openTab(2)
  const found = await offences(scene, alice)
  await alice.openTab(0)
  expect(found).toEqual([])
})

test.each(['video', 'audio'] as const)('a call by %s, from its first ring to its end', async (kind) => {
  await alice.tap(`.person .${kind}`)
  await alice.isOn('pages/call/call')
  const found = {
    calling: await offences(scene, alice),
    ringing: [''],
    talking: [''],
    banner: [''],
    asked: [''],
    ended: [''],
  }
  await bob.isOn('pages/incoming-call/incoming-call')
  expect([await grounds(alice, '.call'), await grounds(bob, '.incoming')]).toEqual([
    [DARK, DARK],
    [DARK, DARK],
  ])
  found.ringing = await offences(scene, bob)
  await bob.tap('#accept')
  await bob.isOn('pages/call/call')
  await alice.sees('.elapsed')
  if (kind === 'video') await alice.seesPeer()
  found.talking = await offences(scene, alice)
  await alice.showControls()
  await alice.tap('#leave')
  await alice.isOn('pages/contacts/contacts')
  await alice.sees('#banner')
  found.banner = await offences(scene, alice)
  await alice.tap('#banner')
  await alice.isOn('pages/call/call')
  // Whoever talks by sound alone can ask for pictures: a card above the controls.
  if (kind === 'audio') {
    await alice.tap('#video')
    await bob.sees('#video-request')
  }
  found.asked = await offences(scene, bob)

  // The end stays until it has been looked at.
  await alice.frame.evaluate(() => Object.assign(window.__phone.app.call, { dismiss: () => undefined }))
  await bob.hangUp()
  await until(async () => (await alice.frame.locator('#hangup:visible').count()) === 0, 'the end of the call')
  found.ended = await offences(scene, alice)
  await alice.frame.evaluate(() => {
    const { call } = window.__phone.app
    Reflect.deleteProperty(call, 'dismiss')
    call.dismiss()
  })
  await alice.isOn('pages/contacts/contacts')
  expect(found).toEqual({ calling: [], ringing: [], talking: [], banner: [], asked: [], ended: [] })
})

test('call history', async () => {
  await alice.openTab(1)
  await alice.tap('.call .head')
  const found = await offences(scene, alice)
  await alice.openTab(0)
  expect(found).toEqual([])
})

test('signing in', async () => {
  await alice.tap('.leave')
  await alice.tap('.phone-confirm')
  await alice.isOn('pages/login/login')
  expect(await offences(scene, alice)).toEqual([])
  await alice.frame.locator('.field input:visible').first().fill('no such account!')
  await alice.tap('.sign-in')
  await alice.sees('.hint.wrong')
  expect(await offences(scene, alice)).toEqual([])
  await alice.tapText('NetEase Yunxin')
  // Its form, or the word that its SDK is not here.
  await alice.sees('.problem, [data-field=appKey]')
  expect(await offences(scene, alice)).toEqual([])
})

test('no phone complained', () => {
  expect(scene.problems).toEqual([])
})
