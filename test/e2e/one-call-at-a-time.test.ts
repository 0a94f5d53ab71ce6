/** Two phones of an account, a busy account, two calls at once, and an account that comes online while it is called. */
import { until, type Phone } from './support/phone'
import { signatureOf, Stage, type Scene } from './support/stage'

const INCOMING = 'pages/incoming-call/incoming-call'
const AMY = signatureOf('amy')
const DAN = signatureOf('dan')
const PAT = signatureOf('pat')

let stage: Stage
let scene: Scene
/** With another phone of the same account. */
let other: Scene
let amy: Phone
let dan: Phone
let pat: Phone
let tablet: Phone
beforeAll(async () => {
  stage = await Stage.open()
  scene = await stage.show('amy', 'dan', 'pat')
  other = await stage.show('dan')
  amy = scene.phone('amy')
  dan = scene.phone('dan')
  pat = scene.phone('pat')
  tablet = other.phone('dan')
})
afterAll(() => stage.close())

async function areBack(...phones: Phone[]): Promise<void> {
  for (const phone of phones) {
    await phone.isBack()
    await phone.isQuiet()
  }
}

test('one device of an account declines for both', async () => {
  await amy.callPerson('dan', 'audio')
  await Promise.all([dan.isOn(INCOMING), tablet.isOn(INCOMING)])
  await tablet.tap('#decline')
  await dan.seesText('已在其他设备拒绝')
  await amy.seesText('dan 拒绝了通话')
  await areBack(amy, dan, tablet)
})

test('both devices of an account ring; one answers, the other shows why it stops; a third caller gets busy', async () => {
  await amy.callPerson('dan', 'audio')
  await Promise.all([dan.isOn(INCOMING), tablet.isOn(INCOMING)])
  await dan.tap('#accept')
  await tablet.seesText('已在其他设备接听')
  await areBack(tablet)
  await amy.hears(DAN.tone)

  await pat.callPerson('dan', 'audio')
  await pat.seesText('dan 正在通话中')
  await pat.tap('#close')
  await areBack(pat)
  // It rang on neither phone and disturbed nobody.
  await tablet.isOn('pages/contacts/contacts')
  expect(await tablet.ringing()).toEqual({ sounds: [], vibrations: expect.any(Number) })
  const before = await amy.played()
  await amy.playsBeyond(before)
  await Promise.all([amy.hears(DAN.tone), dan.hears(AMY.tone)])
  await dan.hangUp()
  await areBack(amy, dan)
})

test('two accounts that call each other at the same moment end up in one call', async () => {
  await scene.page.evaluate(() => {
    const phones = [...document.querySelectorAll('iframe')].map(({ name, contentWindow }) => ({ name, contentWindow }))
    const app = (account: string) => phones.find(({ name }) => name === account)?.contentWindow?.__phone.app
    void app('amy')?.entry.place('pat', 'audio')
    void app('pat')?.entry.place('amy', 'audio')
  })
  const answering = await until(async () => {
    for (const phone of [amy, pat]) if ((await phone.route()) === INCOMING) return phone
    return null
  }, 'one of the two to ring')
  await answering.tap('#accept')
  await Promise.all([amy.hears(PAT.tone), pat.hears(AMY.tone)])
  await amy.hangUp()
  await areBack(amy, pat)
})

test('an offline account is reported, and rings once it is online while still being called', async () => {
  await pat.openTab(0)
  await pat.tap('.leave')
  await pat.tap('.phone-confirm')
  await pat.isOn('pages/login/login')
  await amy.frame.locator('.person:visible', { hasText: 'pat' }).getByText('离线').waitFor()
  await amy.callPerson('pat', 'audio')
  await amy.seesText('pat 不在线')
  await amy.tap('#keep-calling')
  await amy.seesText('正在呼叫…')
  await pat.frame.locator('.field input:visible').first().fill('pat')
  await pat.tap('.sign-in')
  await pat.isOn(INCOMING)
  await pat.tap('#accept')
  await Promise.all([amy.hears(PAT.tone), pat.hears(AMY.tone)])
  await pat.isOn('pages/call/call')
  await pat.hangUp()
  await areBack(amy, pat)
})

test('no phone reported an error', () => {
  expect([...scene.problems, ...other.problems]).toEqual([])
})
