/** From audio to video with the other side's consent, and back: streams and recording follow. */
import { clearTones, hear, see, WAY } from './support/decode'
import { until } from './support/phone'
import { apart, signatureOf, Stage, type Scene } from './support/stage'
import { setRecording } from './support/toggles'

const ALICE = signatureOf('alice')
const BOB = signatureOf('bob')

let stage: Stage
let scene: Scene
/** When both heard each other, and when one hung up, ms. */
let talk: { begins: number; ends: number }
beforeAll(async () => {
  stage = await Stage.open()
  scene = await stage.show('alice', 'bob')
  await setRecording(scene.phone('alice'), { audio: true, video: true, type: '2' })
})
afterAll(() => stage.close())

test('a question declined, a question agreed to, and back to audio by one side alone', async () => {
  const [alice, bob] = [scene.phone('alice'), scene.phone('bob')]
  await alice.tap('.person .audio')
  await bob.tap('#accept')
  await Promise.all([alice.hears(BOB.tone), bob.hears(ALICE.tone)])
  const begins = Date.now()

  await alice.tap('#video')
  await alice.seesText('正在等待 bob 同意视频通话…')
  await bob.seesText('alice 想切换为视频通话')
  await bob.tap('#decline')
  await alice.seesText('bob 不同意视频通话')
  expect(await alice.glimpse()).toBeNull()

  await bob.tap('#video')
  await alice.tap('#agree')
  const [atAlice, atBob] = await Promise.all([alice.seesPeer(), bob.seesPeer()])
  expect(apart(atAlice.colour, BOB.colour)).toBeLessThan(30)
  expect(apart(atBob.colour, ALICE.colour)).toBeLessThan(30)
  await Promise.all([alice.hears(BOB.tone), bob.hears(ALICE.tone)])
  const seen = Date.now()
  await until(async () => Date.now() - seen > 3_000, 'some seconds of picture')

  await alice.showControls()
  await alice.tap('#more')
  await alice.choose('切换为语音通话')
  await Promise.all([alice.sees('#video'), bob.sees('#video')])
  await Promise.all([alice.sees('#cover .ring'), bob.sees('#cover .ring')])
  await Promise.all([alice.hears(BOB.tone), bob.hears(ALICE.tone)])
  talk = { begins, ends: Date.now() }
  await bob.hangUp()
  await Promise.all([alice.isQuiet(), bob.isQuiet()])
})

test('the recording has the picture for as long as there was one, and all of the sound', async () => {
  const call = await stage.settledCall('alice')
  expect(call.files.map(({ account, kind }) => `${account}.${kind}`).sort()).toEqual(['alice.aac', 'alice.mp4'])
  const file = call.files.find(({ kind }) => kind === 'mp4')
  const url = stage.preview.url + (file?.url ?? '')
  const picture = await see(scene.page, url)
  expect(picture?.changes).toBeGreaterThan(0)
  expect(picture?.colours.some((colour) => apart(colour, ALICE.colour) < 30)).toBe(true)
  const sound = await hear(scene.page, url, [ALICE.tone, BOB.tone])
  if (!sound) throw new Error('the picture has no sound')
  expect(sound.duration * 1_000).toBeGreaterThan(talk.ends - talk.begins - WAY)
  expect(sound.duration * 1_000).toBeLessThan(call.duration + WAY)
  expect([...clearTones(sound)]).toEqual([ALICE.tone])
})

test('what one side switches off the other sees at once', async () => {
  const [alice, bob] = [scene.phone('alice'), scene.phone('bob')]
  await Promise.all([alice.openTab(0), bob.openTab(0)])
  await alice.tap('.person .video')
  await bob.tap('#accept')
  await Promise.all([alice.seesPeer(), bob.seesPeer()])
  await alice.showControls()
  await alice.tap('#camera')
  await bob.seesText('摄像头已关闭', 2_000)
  await alice.tap('#camera')
  await bob.seesPeer()
  await alice.showControls()
  await alice.tap('#microphone')
  await bob.seesText('对方已静音', 2_000)
  await alice.tap('#microphone')
  await bob.hears(ALICE.tone)
  await alice.hangUp()
  await Promise.all([alice.isQuiet(), bob.isQuiet()])
})

test('no phone complained', () => {
  expect(scene.problems).toEqual([])
})
