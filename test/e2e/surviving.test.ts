/**
 * What real phones suffer during a call: it comes back by itself where it can, else it ends with a clear sentence on
 * both sides; and whatever happened, nothing is left over.
 */
import { until, type Phone } from './support/phone'
import { signatureOf, Stage } from './support/stage'

jest.setTimeout(240_000)
const CONTACTS = 'pages/contacts/contacts'

type Pair = [caller: Phone, callee: Phone]

let stage: Stage
/** Suffering takes long: two pairs suffer at the same time, and tests look at how they fared. */
let stories: Record<'comesBack' | 'background' | 'isLost', Promise<void>>
let pair: Pair
/** How many timers a phone has that is only signed in. */
const timersAtRest = new Map<Phone, number>()
beforeAll(async () => {
  stage = await Stage.open()
  const meet = async (caller: string, callee: string): Promise<Pair> => {
    const { phone } = await stage.showLasting(caller, callee)
    return [phone(caller), phone(callee)]
  }
  pair = await meet('alice', 'bob')
  const others = await meet('carol', 'dave')
  // One after the other: beginning is what costs a small machine most.
  await talk(...pair)
  await talk(...others)
  const back = comesBack(...pair)
  stories = { comesBack: back, background: back.then(() => background(...pair)), isLost: isLost(...others) }
  // Each is awaited by its own test.
  await Promise.allSettled(Object.values(stories))
}, 240_000)
afterAll(() => stage.close())

async function comesBack(caller: Phone, callee: Phone): Promise<void> {
  await callee.dropNetwork(1_000)
  await callee.hasNetwork()
  await hearEachOther(caller, callee)
  await caller.dropNetwork(5_000)
  await caller.hasNetwork()
  // What was on its way is heard by then; a lost connection brings nothing more.
  await lasts(3_000)
  await hearEachOther(caller, callee)
  await callee.dropNetwork(20_000)
  await callee.seesText('网络中断，正在重连…')
  await callee.hasNetwork(30_000)
  await hearEachOther(caller, callee)
  await caller.killLink()
  await hearEachOther(caller, callee)
}

async function isLost(caller: Phone, callee: Phone): Promise<void> {
  await callee.dropNetwork(60_000)
  // Its tries are used up, or it comes back just after the service gave it up.
  await callee.seesText(/^(网络中断，通话已结束|连接恢复时通话已经结束)$/, 80_000)
  await caller.seesText(`${callee.account} 的网络中断，通话已结束`, 30_000)
  await callee.hasNetwork(30_000)
  await over(caller, callee)
}

async function background(caller: Phone, callee: Phone): Promise<void> {
  for (const duration of [2_000, 30_000]) {
    await callee.background(true)
    await caller.seesText(`${callee.account} 暂时离开`)
    await lasts(duration)
    await callee.background(false)
    await hearEachOther(caller, callee)
    await caller.seesNoMore('#cover .words', 30_000)
  }
  await hangUp(caller, callee)
}

async function talk(caller: Phone, callee: Phone): Promise<void> {
  for (const phone of [caller, callee]) {
    if (!timersAtRest.has(phone)) timersAtRest.set(phone, (await phone.leftovers()).timers)
  }
  await caller.callPerson(callee.account, 'audio')
  await callee.tap('#accept')
  await hearEachOther(caller, callee)
}
async function hearEachOther(one: Phone, other: Phone): Promise<void> {
  await Promise.all([one.hears(signatureOf(other.account).tone), other.hears(signatureOf(one.account).tone)])
}
async function hangUp(one: Phone, other: Phone): Promise<void> {
  await one.hangUp()
  await over(one, other)
}
/** Both are back at the contacts, and nothing is left of the call: not even a timer. */
async function over(...phones: Phone[]): Promise<void> {
  for (const phone of phones) {
    await phone.isOn(CONTACTS)
    await phone.isQuiet()
    expect(await phone.screenKeptOn()).toBe(false)
    await until(
      async () => (await phone.leftovers()).timers <= (timersAtRest.get(phone) ?? 0),
      `the timers of ${phone.account} to stop`,
    )
  }
}

async function lasts(duration: number): Promise<void> {
  const end = Date.now() + duration
  await until(async () => Date.now() >= end, 'time to pass', duration + 5_000)
}

test('the network is lost for 1 s, 5 s and 20 s, and the service’s link breaks: the call comes back by itself', () =>
  stories.comesBack)
test('the network is lost for 60 s: the call ends with a sentence on both sides', () => stories.isLost)
test('in the background for 2 s and for 30 s: the other side is told, and the call goes on after the return', () =>
  stories.background)

test('a phone call takes the sound and gives it back', async () => {
  const [alice, bob] = pair
  await talk(alice, bob)
  await bob.interrupt(true)
  await alice.seesText('bob 暂时离开')
  await bob.interrupt(false)
  await hearEachOther(alice, bob)
  await hangUp(bob, alice)
})

test('the service dies and is started again: the call ends with a sentence on both sides, and the next one works', async () => {
  const [alice, bob] = pair
  await talk(alice, bob)
  await stage.preview.restart()
  await Promise.all([alice.seesText('连接恢复时通话已经结束', 30_000), bob.seesText('连接恢复时通话已经结束', 30_000)])
  await over(alice, bob)
  await talk(bob, alice)
  await hangUp(alice, bob)
})

test('in the simulator of the DevTools everything but the media works, and the page says so', async () => {
  const [alice, bob] = pair
  await bob.simulator(true)
  await alice.callPerson('bob', 'video')
  await bob.tap('#accept')
  await bob.seesText('音视频需要真机或浏览器预览')
  expect(await bob.leftovers()).toMatchObject({ pushers: 0, players: 0 })
  await bob.tap('#hangup')
  await over(alice, bob)
  await bob.simulator(false)
})
