/** One call, from a ring that is swiped away to an end while its page is left. Each test continues the previous one. */
import { voicesOf, hear, see, WAY } from './support/decode'
import type { Phone } from './support/phone'
import { apart, signatureOf, Stage, type Scene } from './support/stage'
import { setRecording } from './support/toggles'

const CONTACTS = 'pages/contacts/contacts'
const UMA = signatureOf('uma')
const WALTER = signatureOf('walter')

let stage: Stage
let scene: Scene
let uma: Phone
let walter: Phone
/** Seconds of her audio that he has played in the parts of the call. */
let heard = 0
beforeAll(async () => {
  stage = await Stage.open()
  scene = await stage.show('uma', 'walter')
  uma = scene.phone('uma')
  walter = scene.phone('walter')
  await setRecording(uma, { audio: true, video: true, type: '2' })
})
afterAll(() => stage.close())

async function hearEachOther(): Promise<void> {
  await Promise.all([uma.hears(WALTER.tone), walter.hears(UMA.tone)])
}

test('a swipe does not decline a ringing call: the banner leads back to its page', async () => {
  await uma.callPerson('walter', 'audio')
  await walter.isOn('pages/incoming-call/incoming-call')
  await walter.swipeBack()
  await walter.isOn(CONTACTS)
  await walter.tapText('uma 来电')
  await walter.tap('#accept')
  await hearEachOther()
  heard += await walter.playsFor(1)
})

test('a video request can be declined', async () => {
  await uma.tap('#video')
  await uma.seesText('正在等待 walter 同意视频通话…')
  await walter.seesText('uma 想切换为视频通话')
  await walter.tap('#decline')
  await uma.seesText('walter 不同意视频通话')
  expect(await uma.glimpse()).toBeNull()
})

test('both see each other after a video request was accepted', async () => {
  await walter.tap('#video')
  await uma.tap('#agree')
  const [atUma, atWalter] = await Promise.all([uma.seesPeer(), walter.seesPeer()])
  expect(apart(atUma.colour, WALTER.colour)).toBeLessThan(30)
  expect(apart(atWalter.colour, UMA.colour)).toBeLessThan(30)
  await hearEachOther()
  heard += await walter.playsFor(1)
})

test('the peer sees a camera and a microphone that are switched off', async () => {
  await walter.tapControl('#camera')
  await uma.seesText('摄像头已关闭')
  await walter.tapControl('#camera')
  await uma.seesPeer()
  await walter.tapControl('#microphone')
  await uma.seesText('对方已静音')
  await walter.tapControl('#microphone')
  await uma.hears(WALTER.tone)
})

test('the call continues on every other page, and a tap leads back', async () => {
  await uma.tapControl('#leave')
  await uma.isOn(CONTACTS)
  await hearEachOther()
  await walter.seesPeer()
  expect(await uma.screenKeptOn()).toBe(true)
  const before = await uma.played()
  for (const tab of [1, 2, 0] as const) {
    await uma.openTab(tab)
    await uma.seesText('与 walter 通话中')
    expect(await uma.leftovers()).toMatchObject({ pushers: 1, players: 1 })
  }
  await uma.playsBeyond(before)
  await uma.hears(WALTER.tone)
  await uma.tapText('与 walter 通话中')
  await uma.isOn('pages/call/call')
  await Promise.all([uma.seesPeer(), walter.seesPeer()])
  expect(await uma.leftovers()).toMatchObject({ pushers: 1, players: 1 })
})

test('one side can return to audio', async () => {
  await uma.tapControl('#more')
  await uma.choose('切换为语音通话')
  await Promise.all([uma.sees('#video'), walter.sees('#video')])
  await Promise.all([uma.sees('#cover .ring'), walter.sees('#cover .ring')])
  await hearEachOther()
  heard += await walter.playsFor(1)
})

test('the banner shows how the call ended, and nothing is left running', async () => {
  await uma.tap('#leave')
  await uma.hears(WALTER.tone)
  await walter.hangUp()
  await uma.seesText('walter 已挂断')
  await Promise.all([uma.isQuiet(), walter.isQuiet()])
  await uma.isOn(CONTACTS)
  expect(await uma.screenKeptOn()).toBe(false)
})

test('the recording has all audio, and video for its part of the call', async () => {
  const call = await stage.settledCall('uma')
  expect(call.files.map(({ account, kind }) => `${account}.${kind}`).sort()).toEqual(['uma.aac', 'uma.mp4'])
  const file = call.files.find(({ kind }) => kind === 'mp4')
  const url = stage.preview.url + (file?.url ?? '')
  const picture = await see(scene.page, url)
  expect(picture?.changes).toBeGreaterThan(0)
  expect(picture?.colours.some((colour) => apart(colour, UMA.colour) < 30)).toBe(true)
  const sound = await hear(scene.page, url, [UMA.tone, WALTER.tone])
  if (!sound) throw new Error('the picture has no sound')
  expect(sound.duration).toBeGreaterThan(heard)
  expect(sound.duration * 1_000).toBeLessThan(call.duration + WAY)
  expect(voicesOf(sound)).toEqual([UMA.tone])
})

test('no phone reported an error', () => {
  expect(scene.problems).toEqual([])
})
