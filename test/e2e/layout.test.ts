/** Every page on small, usual and notched screens, in both languages and themes: everything is readable and tappable. */
import type { RoomMember, RoomState } from '../../miniprogram/call/state'
import { localMedia } from '../support/calls'
import { inRoom as roomOf, ringingInvitee, roomEnded, roomJoining, roomMember } from '../support/rooms'
import { offences } from './support/looks'
import { until, type Phone } from './support/phone'
import { Stage, type Scene } from './support/stage'

let stage: Stage
let scene: Scene
let hal: Phone
let xavier: Phone
beforeAll(async () => {
  stage = await Stage.open()
  scene = await stage.show('hal', 'xavier')
  ;[hal, xavier] = [scene.phone('hal'), scene.phone('xavier')]
})
afterAll(() => stage.close())

/** The colour of an element in the light theme and, after the theme changed, in the dark one. */
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
  expect(await grounds(hal, 'wx-page')).toEqual([LIGHT, DARK])
  expect(await offences(scene, hal)).toEqual([])
})

test('settings', async () => {
  await hal.openTab(2)
  const found = await offences(scene, hal)
  await hal.openTab(0)
  expect(found).toEqual([])
})

test.each(['video', 'audio'] as const)('a call by %s, from its first ring to its end', async (kind) => {
  await hal.callPerson('xavier', kind)
  await hal.isOn('pages/call/call')
  const found = {
    calling: await offences(scene, hal),
    ringing: [''],
    talking: [''],
    banner: [''],
    asked: [''],
    ended: [''],
  }
  await xavier.isOn('pages/incoming-call/incoming-call')
  expect([await grounds(hal, '.call'), await grounds(xavier, '.incoming')]).toEqual([
    [DARK, DARK],
    [DARK, DARK],
  ])
  found.ringing = await offences(scene, xavier)
  await xavier.tap('#accept')
  await xavier.isOn('pages/call/call')
  await hal.sees('.elapsed')
  if (kind === 'video') await hal.seesPeer()
  found.talking = await offences(scene, hal)
  await hal.tapControl('#leave')
  await hal.isOn('pages/contacts/contacts')
  await hal.sees('#banner')
  found.banner = await offences(scene, hal)
  await hal.tap('#banner')
  await hal.isOn('pages/call/call')
  // An audio call can request video: a card above the controls.
  if (kind === 'audio') {
    await hal.tap('#video')
    await xavier.sees('#video-request')
  }
  found.asked = await offences(scene, xavier)

  // The end stays until it was tapped.
  await hal.frame.evaluate(() => Object.assign(window.__phone.app.call, { dismiss: () => undefined }))
  await xavier.hangUp()
  await until(async () => (await hal.frame.locator('#hangup:visible').count()) === 0, 'the end of the call')
  found.ended = await offences(scene, hal)
  await hal.frame.evaluate(() => {
    const { call } = window.__phone.app
    Reflect.deleteProperty(call, 'dismiss')
    call.dismiss()
  })
  await hal.isOn('pages/contacts/contacts')
  expect(found).toEqual({ calling: [], ringing: [], talking: [], banner: [], asked: [], ended: [] })
})

test('call history', async () => {
  await hal.openTab(1)
  await hal.tap('.call .head')
  const found = await offences(scene, hal)
  await hal.openTab(0)
  expect(found).toEqual([])
})

/** Puts the phone into a room that only it knows. */
function put(state: RoomState): Promise<void> {
  return hal.frame.evaluate((state) => {
    const { call } = window.__phone.app
    const previous = call.state
    Object.defineProperty(call, 'state', { value: state, configurable: true })
    call.listeners.emit(state, previous)
  }, state)
}
/** The local camera runs without a service. */
function inRoom(change: Parameters<typeof roomOf>[0]): RoomState {
  return roomOf({ local: localMedia({ url: null, recording: { audio: true, video: true } }), ...change })
}
/** Other members in every state. They are audience: there is nothing to play. */
function people(count: number): RoomMember[] {
  return Array.from({ length: count }, (_, index) =>
    roomMember(index === 0 ? 'somebody-with-a-long-name' : `member${index}`, index + 2, {
      url: index % 3 === 0 ? null : `ws://127.0.0.1:1/live/${index}.flv`,
      microphone: index % 2 === 0,
      camera: index % 4 !== 1,
      network: index % 3 === 1 ? 'weak' : 'good',
      away: index % 5 === 4,
    }),
  )
}

describe('in a room', () => {
  beforeAll(async () => {
    // The page reads the safe area when it opens.
    await hal.frame.evaluate(() => window.__phone.phone.setNotch(true))
    await put(roomJoining({ invitees: [] }))
    await hal.isOn('pages/room/room')
  })
  // Back to the real state.
  afterAll(() =>
    hal.frame.evaluate(() => {
      const { call } = window.__phone.app
      const previous = call.state
      Reflect.deleteProperty(call, 'state')
      call.listeners.emit(call.state, previous)
    }),
  )

  test.each([1, 2, 4, 6, 9, 12])('%i members', async (count) => {
    await put(inRoom({ members: people(count - 1) }))
    expect(await offences(scene, hal)).toEqual([])
  })

  test('one is large, the others are below', async () => {
    await put(inRoom({ members: people(8) }))
    await hal.tap('#tile-2')
    const found = await offences(scene, hal)
    await hal.tap('#tile-2')
    expect(found).toEqual([])
  })

  test('an audience member, with members ringing or not coming', async () => {
    const invitees = [ringingInvitee('dave'), { account: 'erin', state: 'no-answer' } as const]
    await put(inRoom({ role: 'audience', members: people(4), invitees }))
    expect(await offences(scene, hal)).toEqual([])
  })

  test('inviting contacts', async () => {
    await put(inRoom({ members: people(2) }))
    await hal.tap('#invite')
    const found = await offences(scene, hal)
    await hal.tap('#cancel')
    // It covers the page.
    expect(found.filter((offence) => !offence.endsWith('overlap'))).toEqual([])
  })

  test('the end, and its actions', async () => {
    await put(roomEnded({ reason: 'connection-lost', duration: 65_000 }))
    expect(await offences(scene, hal)).toEqual([])
  })
})

test('signing in', async () => {
  await hal.tap('.leave')
  await hal.tap('.phone-confirm')
  await hal.isOn('pages/login/login')
  expect(await offences(scene, hal)).toEqual([])
  await hal.frame.locator('.field input:visible').first().fill('no such account!')
  await hal.tap('.sign-in')
  await hal.sees('.hint.wrong')
  expect(await offences(scene, hal)).toEqual([])
  await hal.tapText('网易云信')
  // Its form, or the message that its SDK is missing.
  await hal.sees('.problem, [data-field=appKey]')
  expect(await offences(scene, hal)).toEqual([])
})

test('no phone reported an error', () => {
  expect(scene.problems).toEqual([])
})
