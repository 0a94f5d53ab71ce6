/** Unanswered calls: their end on both sides, the service's records, and the lists of calls. */
import { SignalClient } from '../support/signal-client'
import { until, type Phone } from './support/phone'
import { Stage, type Scene } from './support/stage'
import { setRecording } from './support/toggles'

/** How long a call rings, ms. */
const RINGS = 30_000
/** Newest first. */
const AT_MIA = [
  'ned 呼出语音 · 对方不在线',
  'leo 呼出视频 · 无人接听',
  'leo 未接视频 · 对方取消',
  'leo 呼出语音 · 对方拒绝',
]
const AT_LEO = ['mia 未接视频 · 对方取消', 'mia 呼出视频 · 已取消', 'mia 呼入语音 · 已拒绝']

let stage: Stage
let scene: Scene
let mia: Phone
let leo: Phone
beforeAll(async () => {
  stage = await Stage.open()
  scene = await stage.show('mia', 'leo')
  mia = scene.phone('mia')
  leo = scene.phone('leo')
  for (const phone of [mia, leo]) await setRecording(phone, { audio: true, video: true, type: '2' })
})
afterAll(() => stage.close())

/** There is no sound or recording, and the service has the end reason. */
async function leavesNothing(endReason: string): Promise<void> {
  await Promise.all([mia.isBack(), leo.isBack()])
  for (const phone of [mia, leo]) await phone.isQuiet()
  const call = await stage.settledCall('mia')
  expect(call).toMatchObject({ endReason, duration: 0, files: [], recording: { state: 'none' } })
  expect(stage.filesOnDisk(call.cid)).toEqual([])
  const received = await until(async () => {
    const list = await stage.received(call.cid)
    return list.length > 0 ? list : null
  }, 'the callback that it started')
  expect(received.map(({ eventType }) => eventType)).toEqual(['20'])
}
async function opens(phone: Phone, expected: string[]): Promise<void> {
  await phone.openTab(1)
  await lists(phone, expected)
}
/** The list shows each call with name and end. */
async function lists(phone: Phone, expected: string[]): Promise<void> {
  let shown: string[] = []
  await until(
    async () => {
      shown = await phone.frame
        .locator('.call:visible')
        .evaluateAll((rows) =>
          rows.map((row) =>
            ['.peer', '.summary'].map((part) => row.querySelector<HTMLElement>(part)?.innerText.trim()).join(' '),
          ),
        )
      return shown.join() === expected.join()
    },
    () => `${phone.account} to list ${expected.join()} (lists ${shown.join()})`,
  )
}

test('a declined call', async () => {
  await mia.callPerson('leo', 'audio')
  await leo.tap('#decline')
  await mia.seesText('leo 拒绝了通话')
  await leavesNothing('rejected')
})

test('a call cancelled by its caller', async () => {
  await leo.callPerson('mia', 'video')
  await mia.isOn('pages/incoming-call/incoming-call')
  await leo.tap('#hangup')
  await mia.seesText('leo 已取消呼叫')
  await leavesNothing('cancelled')
})

test('a call not answered for 30 s', async () => {
  await mia.callPerson('leo', 'video')
  await leo.isOn('pages/incoming-call/incoming-call')
  await mia.seesText('正在呼叫')
  await mia.advance(RINGS - 5_000)
  await leo.isOn('pages/incoming-call/incoming-call')
  await mia.advance(5_000)
  await mia.seesText('leo 无人接听')
  // By the service's clock, which was not advanced, its caller cancelled it.
  await leavesNothing('cancelled')
})

test('a call to an offline account', async () => {
  const ned = await SignalClient.open(stage.preview.url.replace('http', 'ws'), 'ned', await stage.signIn('ned'))
  await ned.close()
  await mia.frame.locator('.person:visible', { hasText: 'ned' }).getByText('离线').waitFor()
  await mia.callPerson('ned', 'audio')
  await mia.seesText('ned 不在线')
  await mia.tap('#close')
  await mia.isBack()
})

test('both lists show each call once, with the end for their side', async () => {
  // The last one has a number that the caller does not know.
  const reasons = (await stage.calls('mia')).map(({ endReason }) => endReason)
  expect(reasons).toEqual(['offline', 'cancelled', 'cancelled', 'rejected'])
  await opens(mia, AT_MIA)
  await opens(leo, AT_LEO)
})

test('a missed call is returned with the same type', async () => {
  await mia.frame.getByRole('button', { name: '再次视频呼叫 leo' }).nth(1).click()
  await leo.sees('#accept')
  await leo.seesText('mia')
  await mia.tap('#hangup')
  await mia.isBack('pages/records/records')
  await lists(mia, ['leo 呼出视频 · 已取消', ...AT_MIA])
})

test("a deleted call stays deleted, also after a restart without the service's records", async () => {
  await mia.frame.locator('.call:visible .head').nth(1).click()
  await mia.shown('.details').getByRole('button', { name: '删除' }).click()
  await mia.seesText('删除这次通话？')
  await mia.tap('.phone-confirm')
  const left = ['leo 呼出视频 · 已取消', ...AT_MIA.slice(1)]
  await lists(mia, left)
  expect((await stage.calls('mia')).length).toBe(4)

  expect(scene.problems).toEqual([])
  await scene.page.route('**/api/calls', (route) => route.abort())
  await scene.page.reload()
  for (const [phone, expected] of [
    [mia, left],
    [leo, ['mia 未接视频 · 对方取消', ...AT_LEO]],
  ] satisfies Array<[Phone, string[]]>) {
    await until(async () => scene.page.frame({ name: phone.account }), `the phone of ${phone.account}`)
    await phone.sees('.person .dot.here')
    await phone.openTab(1)
    await phone.seesText('现在取不到录制文件')
    await lists(phone, expected)
  }
})

test("a cleared list is empty, and the other account's is unchanged", async () => {
  await scene.page.unroute('**/api/calls')
  await mia.tap('.clear')
  await mia.tap('.phone-confirm')
  await mia.sees('.empty')
  expect(await stage.calls('mia')).toEqual([])
  expect((await stage.calls('leo')).length).toBe(4)
})
