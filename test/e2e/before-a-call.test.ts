/** Before a call: ring tones, privacy guideline, and denied devices. */
import { until, type Phone } from './support/phone'
import { signatureOf, Stage, type Scene } from './support/stage'

const CONTACTS = 'pages/contacts/contacts'
const RINGING = 'pages/incoming-call/incoming-call'

let stage: Stage
let scene: Scene
let kim: Phone
let gus: Phone
beforeAll(async () => {
  stage = await Stage.open()
  scene = await stage.show('kim', 'gus')
  kim = scene.phone('kim')
  gus = scene.phone('gus')
})
afterAll(() => stage.close())

/** Waits until the phone plays a tone. */
async function sounds(phone: Phone, tone: 'ring' | 'ring-back'): Promise<void> {
  const playing = async (): Promise<boolean> => (await phone.ringing()).sounds.includes(`/assets/tones/${tone}.wav`)
  await until(playing, `${phone.account} to play ${tone}`)
}
/** Waits until no sound is left. */
async function isSilent(phone: Phone): Promise<void> {
  const none = (): Promise<boolean> => phone.frame.evaluate(() => window.__phone.phone.audios.size === 0)
  await until(none, `${phone.account} to be silent`)
}

test('nobody can be called without a microphone', async () => {
  await kim.allow('microphone', 'refused')
  await kim.callPerson('gus', 'audio')
  await kim.seesText('小程序没有麦克风权限')
  await kim.tapText('取消')
  await Promise.all([kim.isOn(CONTACTS), gus.isOn(CONTACTS)])
  expect(await stage.calls('kim')).toEqual([])
  await kim.allow('microphone', 'granted')
})

test('a call requires agreement to the privacy guideline on either side', async () => {
  for (const phone of [kim, gus]) await phone.privacyNeeded(true)
  await kim.callPerson('gus', 'video')
  await kim.seesText('用户隐私保护提示')
  await kim.choose('拒绝')
  await kim.seesText('同意隐私保护指引后才能通话')
  await kim.isOn(CONTACTS)
  expect(await stage.calls('kim')).toEqual([])

  await kim.callPerson('gus', 'video')
  await kim.choose('同意')
  await sounds(gus, 'ring')
  await sounds(kim, 'ring-back')
  expect((await gus.ringing()).vibrations).toBeGreaterThan(0)
  expect((await kim.ringing()).vibrations).toBe(0)
  await gus.tap('#accept')
  await gus.seesText('用户隐私保护提示')
  await sounds(gus, 'ring')
  await gus.choose('同意')
  await Promise.all([isSilent(kim), isSilent(gus)])
  await Promise.all([kim.seesPeer(), gus.seesPeer()])
  await kim.hangUp()
  await Promise.all([kim.isBack(), gus.isBack()])
  await Promise.all([isSilent(kim), isSilent(gus)])
})

test('a call keeps ringing while the microphone is denied; without a camera it has no video', async () => {
  await kim.allow('camera', 'refused-by-system')
  await kim.callPerson('gus', 'video')
  await kim.seesText('微信没有摄像头权限')
  for (const [permission, sentence] of [
    ['refused', '小程序没有麦克风权限'],
    ['refused-by-system', '微信没有麦克风权限'],
  ] as const) {
    await gus.allow('microphone', permission)
    await gus.tap('#accept')
    await gus.seesText(sentence)
    await sounds(gus, 'ring')
    await gus.tapText('取消')
    await gus.isOn(RINGING)
  }
  await gus.allow('microphone', 'granted')
  await gus.tap('#accept')
  await kim.seesPeer()
  await gus.seesText('摄像头已关闭')
  await gus.hangUp()
  await Promise.all([kim.isBack(), gus.isBack()])
  await Promise.all([kim.isQuiet(), gus.isQuiet()])
})

test('a call rings where as many pages are open as WeChat allows', async () => {
  for (let page = 1; page < 10; page++) await gus.open('/pages/login/login')
  await kim.callPerson('gus', 'audio')
  await gus.isOn(RINGING)
  await gus.tap('#accept')
  await kim.hears(signatureOf('gus').tone)
  await kim.hangUp()
  await Promise.all([kim.isBack(), gus.isBack('pages/login/login')])
  await gus.reLaunch(`/${CONTACTS}`)
})

test('no phone reported an error', () => {
  expect(scene.problems).toEqual([])
})
