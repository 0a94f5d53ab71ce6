/** Faults during a call: it recovers if possible, otherwise it ends with a clear sentence; in either case nothing is left running. */
import { until, type Phone } from './support/phone'
import { signatureOf, Stage } from './support/stage'

/** Number of timers of a phone that is only signed in. */
const timersAtRest = new Map<Phone, number>()

async function talk(caller: Phone, callee: Phone): Promise<void> {
  await caller.callPerson(callee.account, 'audio')
  await callee.tap('#accept')
  await hearEachOther(caller, callee)
}
async function hearEachOther(one: Phone, other: Phone): Promise<void> {
  await Promise.all([one.hears(signatureOf(other.account).tone), other.hears(signatureOf(one.account).tone)])
}
/** After the action both play data that they had not received before. */
async function comesBack(happen: () => Promise<void>): Promise<void> {
  const before = await Promise.all(pair.map((phone) => phone.played()))
  await happen()
  await Promise.all(pair.map((phone, index) => phone.playsBeyond(before[index] ?? null)))
  await hearEachOther(rob, tess)
}
/** Both are on the contacts page, and nothing of the call is left, not even a timer. */
async function areBack(...phones: Phone[]): Promise<void> {
  for (const phone of phones) {
    await phone.isBack()
    await phone.isQuiet()
    expect(await phone.screenKeptOn()).toBe(false)
    await until(
      async () => (await phone.leftovers()).timers <= (timersAtRest.get(phone) ?? 0),
      `the timers of ${phone.account} to stop`,
    )
  }
}

let stage: Stage
let pair: [rob: Phone, tess: Phone]
let rob: Phone
let tess: Phone
beforeAll(async () => {
  // Its own, because it is killed at the end.
  stage = await Stage.openOwn()
  const scene = await stage.showLasting('rob', 'tess')
  pair = [scene.phone('rob'), scene.phone('tess')]
  ;[rob, tess] = pair
  for (const phone of pair) timersAtRest.set(phone, (await phone.leftovers()).timers)
})
afterAll(() => stage.close())

describe('a call', () => {
  beforeAll(() => talk(rob, tess))

  test('comes back after a network loss that the phone has noticed', () =>
    comesBack(async () => {
      await tess.network(false)
      await tess.advance(8_000)
      await tess.seesInTime('网络中断，正在重连…')
      await tess.network(true)
    }))

  test("continues after the mini-program's sockets broke", async () => {
    const { sockets } = await rob.leftovers()
    expect(await rob.killLink()).toBe(0)
    const again = async (): Promise<boolean> => (await rob.leftovers()).sockets.join() === sockets.join()
    await until(again, 'the sockets to be back')
    await hearEachOther(rob, tess)
    await rob.seesNoMore('#cover .words')
  })

  test.each([
    ['before WeChat suspends it', false],
    ['after WeChat has suspended it', true],
  ])('comes back with the mini-program from the background, %s; the peer is notified', async (_, suspended) => {
    await comesBack(async () => {
      await tess.background(true)
      await rob.seesText('tess 暂时离开')
      if (suspended) {
        await tess.suspend()
        await tess.advance(30_000)
      }
      await tess.background(false)
    })
    await rob.seesNoMore('#cover .words')
  })

  test('comes back after a phone call that took the audio; the peer is notified', async () => {
    await comesBack(async () => {
      await tess.interrupt(true)
      await rob.seesText('tess 暂时离开')
      await tess.interrupt(false)
    })
  })

  test('comes back after the app closed all pages for one without the banner', async () => {
    await comesBack(async () => {
      await tess.reLaunch('/pages/login/login')
      await tess.advance(2_000)
      await tess.isOn('pages/call/call')
    })
    await tess.reLaunch('/pages/contacts/contacts')
  })

  test('ends with a sentence if the network stays away during all attempts', async () => {
    await tess.network(false)
    // It notices after 10 s, and retries for 35.
    await tess.advance(40_000)
    await tess.seesInTime('网络中断，通话已结束')
    await tess.network(true)
    await tess.isBack()
    // The service removes her after the grace time.
    await rob.hangUp()
    await areBack(rob, tess)
  })

  test('works in the DevTools simulator except for media, and the page shows it', async () => {
    await tess.simulator(true)
    await rob.callPerson('tess', 'video')
    await tess.tap('#accept')
    await tess.seesText('音视频需要真机或浏览器预览')
    expect(await tess.leftovers()).toMatchObject({ pushers: 0, players: 0 })
    await tess.hangUp()
    await areBack(rob, tess)
    await tess.simulator(false)
  })

  test('ends with a sentence on both sides when the service is killed, and the next call works', async () => {
    await talk(rob, tess)
    await stage.restart()
    await Promise.all(pair.map((phone) => phone.seesInTime('连接恢复时通话已经结束')))
    await areBack(rob, tess)
    await talk(tess, rob)
    await rob.hangUp()
    await areBack(rob, tess)
  })
})
