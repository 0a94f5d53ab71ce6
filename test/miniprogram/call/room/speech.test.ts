/** @jest-environment node */
/** Speech is announced if not every phone plays every stream. */
import { CallController } from '../../../../miniprogram/call/controller'
import { encodeRoomMessage } from '../../../../miniprogram/call/room/messages'
import { DEFAULT_SETTINGS } from '../../../../miniprogram/services/settings'
import { FakeIm, FakeNetcall } from '../../../support/fake-netcall'

/** A room of alice with that many others, each with a stream. */
async function roomWith(others: number) {
  const netcall = new FakeNetcall()
  const im = new FakeIm('alice')
  const call = new CallController({ settings: () => DEFAULT_SETTINGS })
  netcall.room = { cid: 9, uid: 1 }
  netcall.present = ['alice', ...Array.from({ length: others }, (_, index) => `m${index + 1}`)]
  call.attach(netcall, im)
  call.join('standup', 'video', 'host')
  await jest.runAllTimersAsync()
  const told = (): string[] =>
    im.sent.filter(({ content }) => JSON.parse(content).type === 'room-speaks').map(({ to }) => to)
  return { im, call, told }
}
beforeEach(() => jest.useFakeTimers())
afterEach(() => jest.useRealTimers())

test('six streams are played by every phone: speech is not announced', async () => {
  const { call, told } = await roomWith(5)
  call.noteSpeech()
  expect(told()).toEqual([])
})

test('with more streams speech is announced every five seconds, but not while muted', async () => {
  const { call, told } = await roomWith(6)
  call.noteSpeech()
  expect(told()).toEqual(['m1', 'm2', 'm3', 'm4', 'm5', 'm6'])
  jest.advanceTimersByTime(4_900)
  call.noteSpeech()
  expect(told()).toHaveLength(6)
  jest.advanceTimersByTime(200)
  call.noteSpeech()
  expect(told()).toHaveLength(12)
  call.toggleMicrophone()
  jest.advanceTimersByTime(6_000)
  call.noteSpeech()
  expect(told()).toHaveLength(12)
})

test('announcements are stored per member; those of other rooms and strangers are ignored', async () => {
  const { im, call } = await roomWith(2)
  const spokeAt = (): number[] => (call.state.phase === 'in' ? call.state.members.map((member) => member.spokeAt) : [])
  im.receive('m2', encodeRoomMessage({ type: 'room-speaks', room: 'elsewhere' }))
  im.receive('mallory', encodeRoomMessage({ type: 'room-speaks', room: 'standup' }))
  expect(spokeAt()).toEqual([0, 0])
  im.receive('m2', encodeRoomMessage({ type: 'room-speaks', room: 'standup' }))
  expect(spokeAt()).toEqual([0, Date.now()])
})
