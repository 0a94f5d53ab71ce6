/** What stands before a call: the tones while it rings, the privacy guideline, and devices that are refused. */
import { until, type Phone } from './support/phone'
import { Stage, type Scene } from './support/stage'

let stage: Stage
let scene: Scene
let alice: Phone
let bob: Phone
beforeAll(async () => {
  stage = await Stage.open()
})
afterAll(() => stage.close())
beforeEach(async () => {
  scene = await stage.show('alice', 'bob')
  alice = scene.phone('alice')
  bob = scene.phone('bob')
})
afterEach(async () => {
  expect(scene.problems).toEqual([])
  await scene.close()
})

/** Waits until the phone plays a tone. */
async function sounds(phone: Phone, tone: 'ring' | 'ring-back'): Promise<void> {
  const playing = async (): Promise<boolean> => (await phone.ringing()).sounds.includes(`/assets/tones/${tone}.wav`)
  await until(playing, `${phone.account} to play ${tone}`)
}
/** Waits until nothing could sound any more. */
async function isSilent(phone: Phone): Promise<void> {
  const none = (): Promise<boolean> => phone.frame.evaluate(() => window.__phone.phone.audios.size === 0)
  await until(none, `${phone.account} to be silent`)
}
const CONTACTS = 'pages/contacts/contacts'
const RINGING = 'pages/incoming-call/incoming-call'

test('both sides hear that it rings, until the answer', async () => {
  await alice.tap('.person .video')
  await sounds(bob, 'ring')
  await sounds(alice, 'ring-back')
  expect((await bob.ringing()).vibrations).toBeGreaterThan(0)
  expect((await alice.ringing()).vibrations).toBe(0)
  await bob.tap('#accept')
  await Promise.all([isSilent(alice), isSilent(bob)])
  await alice.seesPeer()
  await alice.hangUp()
  await Promise.all([isSilent(alice), isSilent(bob)])
})

test('a call that its caller takes back falls silent on both sides', async () => {
  await alice.tap('.person .audio')
  await sounds(bob, 'ring')
  await sounds(alice, 'ring-back')
  await alice.tap('#hangup')
  await Promise.all([isSilent(alice), isSilent(bob)])
})

test('the privacy guideline comes first: refused there is no call, agreed there is', async () => {
  for (const phone of [alice, bob]) await phone.privacyNeeded(true)
  await alice.tap('.person .video')
  await alice.seesText('隐私保护提示')
  await alice.frame.getByText('暂不同意').click()
  await alice.seesText('同意隐私保护指引后才能通话')
  await alice.isOn(CONTACTS)

  await alice.tap('.person .video')
  await alice.tap('#agree-privacy')
  await bob.tap('#accept')
  await bob.seesText('隐私保护提示')
  await sounds(bob, 'ring')
  await bob.tap('#agree-privacy')
  await Promise.all([alice.seesPeer(), bob.seesPeer()])
})

test.each([
  ['refused', '小程序没有麦克风权限'],
  ['refused-by-system', '微信没有麦克风权限'],
] as const)('a microphone %s: it rings on and can be accepted after the settings', async (permission, sentence) => {
  await bob.allow('microphone', permission)
  await alice.tap('.person .video')
  await bob.tap('#accept')
  await bob.seesText(sentence)
  await sounds(bob, 'ring')
  await bob.frame.getByText('取消').locator('visible=true').click()
  await bob.isOn(RINGING)
  await bob.allow('microphone', 'granted')
  await bob.tap('#accept')
  await Promise.all([alice.seesPeer(), bob.seesPeer()])
})

test('without a microphone nobody is called', async () => {
  const { length: before } = await stage.calls('alice')
  await alice.allow('microphone', 'refused')
  await alice.tap('.person .audio')
  await alice.seesText('小程序没有麦克风权限')
  await alice.frame.getByText('取消').locator('visible=true').click()
  await Promise.all([alice.isOn(CONTACTS), bob.isOn(CONTACTS)])
  expect(await stage.calls('alice')).toHaveLength(before)
})

test('without a camera the call is sound, and says why', async () => {
  await alice.allow('camera', 'refused-by-system')
  await alice.tap('.person .video')
  await alice.seesText('微信没有摄像头权限')
  await bob.tap('#accept')
  await alice.seesPeer()
  await bob.seesText('摄像头已关闭')
})
