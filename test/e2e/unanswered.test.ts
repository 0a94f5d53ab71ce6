/** Calls that never become calls: refused, cancelled, unanswered. Each ends with its sentence and leaves no file. */
import { until } from './support/phone'
import { Stage, type Scene } from './support/stage'
import { setRecording } from './support/toggles'

let stage: Stage
let scene: Scene
beforeAll(async () => {
  stage = await Stage.open()
  scene = await stage.show('alice', 'bob')
  for (const account of ['alice', 'bob']) {
    await setRecording(scene.phone(account), { audio: true, video: true, type: '2' })
  }
})
afterAll(() => stage.close())

async function leftNothing(endReason: string): Promise<void> {
  const [alice, bob] = [scene.phone('alice'), scene.phone('bob')]
  await Promise.all([alice.isOn('pages/contacts/contacts'), bob.isOn('pages/contacts/contacts')])
  for (const phone of [alice, bob]) await phone.isQuiet()
  const call = await stage.settledCall('alice')
  expect(call).toMatchObject({ endReason, duration: 0, files: [], recording: { state: 'none' } })
  expect(stage.filesOnDisk(call.cid)).toEqual([])
  const received = await until(async () => {
    const list = await stage.received(call.cid)
    return list.length > 0 ? list : null
  }, 'the callback that it started')
  expect(received.map(({ eventType }) => eventType)).toEqual(['20'])
}

test('a refused call', async () => {
  const [alice, bob] = [scene.phone('alice'), scene.phone('bob')]
  await alice.tap('.person .video')
  await bob.tap('#decline')
  await alice.seesText('bob 拒绝了通话')
  await leftNothing('rejected')
})

test('a call that its caller takes back', async () => {
  const [alice, bob] = [scene.phone('alice'), scene.phone('bob')]
  await alice.tap('.person .audio')
  await bob.isOn('pages/incoming-call/incoming-call')
  await alice.tap('#hangup')
  await bob.seesText('alice 已取消呼叫')
  await leftNothing('cancelled')
})

test('a call that nobody answers for 30 s', async () => {
  const [alice, bob] = [scene.phone('alice'), scene.phone('bob')]
  const called = Date.now()
  await alice.tap('.person .video')
  await bob.isOn('pages/incoming-call/incoming-call')
  await alice.seesText('bob 无人接听', 40_000)
  expect(Date.now() - called).toBeGreaterThan(29_000)
  await leftNothing('no-answer')
})

test('no phone complained', () => {
  expect(scene.problems).toEqual([])
})
