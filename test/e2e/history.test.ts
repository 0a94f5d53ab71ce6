/** The list of calls on real phones: what each end leaves there, after a restart, without the service, and calling again. */
import type { Phone } from './support/phone'
import { until } from './support/phone'
import { Stage, type Scene } from './support/stage'

const CONTACTS = 'pages/contacts/contacts'
/** Newest first. */
const AT_ALICE = ['carol 呼出语音 · 对方不在线', 'bob 未接视频 · 对方取消', 'bob 呼出语音 · 对方拒绝']
const AT_BOB = ['alice 呼出视频 · 已取消', 'alice 呼入语音 · 已拒绝']

let stage: Stage
let scene: Scene
let alice: Phone
let bob: Phone
beforeAll(async () => {
  stage = await Stage.open()
  // She is known from now on, and away.
  await (await stage.show('carol', 'dave')).close()
  scene = await stage.show('alice', 'bob')
  alice = scene.phone('alice')
  bob = scene.phone('bob')
})
afterAll(() => stage.close())

async function areBack(...phones: Phone[]): Promise<void> {
  await Promise.all(phones.map((phone) => phone.isOn(CONTACTS)))
}
function callTo(caller: Phone, account: string, kind: 'audio' | 'video'): Promise<void> {
  return caller.frame.locator('.person').filter({ hasText: account }).locator(`.${kind}`).click()
}
/** The list, each call as its name and how it ended. */
function calls(phone: Phone): Promise<string[]> {
  return phone.frame
    .locator('.call:visible')
    .evaluateAll((rows) =>
      rows.map((row) =>
        ['.peer', '.summary'].map((part) => row.querySelector<HTMLElement>(part)?.innerText.trim()).join(' '),
      ),
    )
}
async function lists(phone: Phone, expected: string[]): Promise<void> {
  let shown: string[] = []
  const list = async (): Promise<boolean> => {
    shown = await calls(phone)
    return shown.join() === expected.join()
  }
  await until(list, () => `${phone.account} to list ${expected.join()} (lists ${shown.join()})`)
}

test('each call is there once, as it ended for this side', async () => {
  await callTo(alice, 'bob', 'audio')
  await bob.tap('#decline')
  await areBack(alice, bob)
  await callTo(bob, 'alice', 'video')
  await alice.sees('#accept')
  await bob.tap('#hangup')
  await areBack(alice, bob)
  await callTo(alice, 'carol', 'audio')
  await alice.isOn('pages/call/call')
  await areBack(alice)
  // The service wrote all three down; the last one under a number that alice was not told.
  expect((await stage.calls('alice')).map(({ endReason }) => endReason)).toEqual(['offline', 'cancelled', 'rejected'])
  await alice.openTab(1)
  await lists(alice, AT_ALICE)
  await bob.openTab(1)
  await lists(bob, AT_BOB)
})

test('after a restart, and while the service gives no records', async () => {
  expect(scene.problems).toEqual([])
  await scene.page.route('**/api/calls', (route) => route.abort())
  await scene.page.reload()
  for (const [phone, expected] of [
    [alice, AT_ALICE],
    [bob, AT_BOB],
  ] as const) {
    await until(async () => scene.page.frame({ name: phone.account }), `the phone of ${phone.account}`)
    await phone.sees('.person .dot.here')
    await phone.openTab(1)
    await phone.seesText('现在取不到录制文件')
    await lists(phone, expected)
  }
})

test('a missed call is called back as it was', async () => {
  await alice.frame.getByRole('button', { name: '再次视频呼叫 bob' }).click()
  await bob.sees('#accept')
  await bob.seesText('alice')
  await alice.tap('#hangup')
  await alice.isOn('pages/records/records')
  await lists(alice, ['bob 呼出视频 · 已取消', ...AT_ALICE])
})

test('a call that is deleted is gone from its list for good, and stays in the other’s', async () => {
  await scene.page.unroute('**/api/calls')
  await alice.frame.locator('.call:visible .head').nth(1).click()
  await alice.shown('.details').getByRole('button', { name: '删除' }).click()
  await alice.seesText('删除这次通话？')
  await alice.tap('.phone-confirm')
  const left = ['bob 呼出视频 · 已取消', ...AT_ALICE.slice(1)]
  await lists(alice, left)
  expect((await stage.calls('alice')).map(({ endReason }) => endReason)).toEqual(['cancelled', 'cancelled', 'rejected'])
  await scene.page.reload()
  await until(async () => scene.page.frame({ name: 'alice' }), 'the phone of alice')
  await alice.sees('.person .dot.here')
  await alice.openTab(1)
  await lists(alice, left)

  await alice.tap('.clear')
  await alice.tap('.phone-confirm')
  await alice.sees('.empty')
  expect(await stage.calls('alice')).toEqual([])
  expect((await stage.calls('bob')).length).toBe(3)
})
