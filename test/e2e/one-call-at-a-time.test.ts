/** Who is reached, and who is not: busy, on two devices, both at once, offline. Real phones, real sound. */
import { until, type Phone } from './support/phone'
import { signatureOf, Stage, type Scene } from './support/stage'

const CONTACTS = 'pages/contacts/contacts'
const INCOMING = 'pages/incoming-call/incoming-call'
const CALL = 'pages/call/call'
/** Long before a phone gives up calling, ms. */
const AT_ONCE = 10_000

let stage: Stage
let scene: Scene
/** Another phone of bob's. */
let other: Scene
beforeAll(async () => {
  stage = await Stage.open()
  scene = await stage.show('alice', 'bob', 'carol')
  other = await stage.show('bob')
})
afterAll(() => stage.close())

const call = (phone: Phone, name: string): Promise<void> => phone.callPerson(name, 'audio')

async function backAtContacts(...phones: Phone[]): Promise<void> {
  for (const phone of phones) {
    await phone.isOn(CONTACTS)
    await phone.isQuiet()
  }
}

test('both phones of an account ring; one answers, the other stops and says why', async () => {
  const [alice, bob, tablet] = [scene.phone('alice'), scene.phone('bob'), other.phone('bob')]
  await call(alice, 'bob')
  await Promise.all([bob.isOn(INCOMING), tablet.isOn(INCOMING)])
  await bob.tap('#accept')
  await tablet.seesText('已在其他设备接听')
  await alice.hears(signatureOf('bob').tone)
  await backAtContacts(tablet)
  await bob.hangUp()
  await backAtContacts(alice, bob)
})

test('one phone of an account declines for both', async () => {
  const [alice, bob, tablet] = [scene.phone('alice'), scene.phone('bob'), other.phone('bob')]
  await call(alice, 'bob')
  await Promise.all([bob.isOn(INCOMING), tablet.isOn(INCOMING)])
  await tablet.tap('#decline')
  await bob.seesText('已在其他设备拒绝')
  await alice.seesText('bob 拒绝了通话')
  await backAtContacts(alice, bob, tablet)
})

test('a third caller hears busy at once, on no phone of the account it rings on, and the call goes on', async () => {
  const [alice, bob, carol, tablet] = [
    scene.phone('alice'),
    scene.phone('bob'),
    scene.phone('carol'),
    other.phone('bob'),
  ]
  await call(alice, 'bob')
  await bob.tap('#accept')
  await alice.hears(signatureOf('bob').tone)
  const called = Date.now()
  await call(carol, 'bob')
  await carol.seesText('bob 正在通话中')
  expect(Date.now() - called).toBeLessThan(AT_ONCE)
  await carol.tap('#close')
  await backAtContacts(carol, tablet)
  await alice.hears(signatureOf('bob').tone)
  await bob.hears(signatureOf('alice').tone)
  await alice.hangUp()
  await backAtContacts(alice, bob)
})

test('two who call each other at the same moment end in one call', async () => {
  const [alice, carol] = [scene.phone('alice'), scene.phone('carol')]
  await scene.page.evaluate(() => {
    const phones = [...document.querySelectorAll('iframe')].map(({ name, contentWindow }) => ({ name, contentWindow }))
    const app = (account: string) => phones.find(({ name }) => name === account)?.contentWindow?.__phone.app
    void app('alice')?.entry.place('carol', 'audio')
    void app('carol')?.entry.place('alice', 'audio')
  })
  const answering = await until(async () => {
    for (const phone of [alice, carol]) if ((await phone.route()) === INCOMING) return phone
    return null
  }, 'one of the two to ring')
  await answering.tap('#accept')
  await Promise.all([alice.hears(signatureOf('carol').tone), carol.hears(signatureOf('alice').tone)])
  await alice.hangUp()
  await backAtContacts(alice, carol)
})

test('someone offline is said to be so at once, and rings when they come online while they are kept calling', async () => {
  const alice = scene.phone('alice')
  const gone = await stage.show('dave')
  await gone.close()
  await until(
    () => alice.frame.locator('.person', { hasText: 'dave' }).getByText('离线').isVisible(),
    'dave to be offline',
  )
  const called = Date.now()
  await call(alice, 'dave')
  await alice.seesText('dave 不在线')
  expect(Date.now() - called).toBeLessThan(AT_ONCE)
  await alice.tap('#keep-calling')
  await alice.seesText('正在呼叫…')
  const back = await stage.show('dave')
  const dave = back.phone('dave')
  await dave.isOn(INCOMING)
  await dave.tap('#accept')
  await alice.hears(signatureOf('dave').tone)
  await dave.hears(signatureOf('alice').tone)
  await dave.isOn(CALL)
  await dave.hangUp()
  await backAtContacts(alice, dave)
  expect(back.problems).toEqual([])
})

test('no phone complained', () => {
  expect([...scene.problems, ...other.problems]).toEqual([])
})
