/** @jest-environment node */
/** Speech is announced if not every phone plays every stream. */
import { RoomController } from '../../../miniprogram/room/controller'
import { encodeRoomMessage } from '../../../miniprogram/room/messages'
import { DEFAULT_SETTINGS } from '../../../miniprogram/services/settings'
import { FakeIm, FakeNetcall } from '../../support/fake-netcall'

/** A room of alice with that many others, each with a stream. */
async function roomWith(others: number) {
  const netcall = new FakeNetcall()
  const im = new FakeIm('alice')
  const room = new RoomController({ settings: () => DEFAULT_SETTINGS, busyElsewhere: () => false })
  netcall.room = { cid: 9, uid: 1 }
  netcall.present = ['alice', ...Array.from({ length: others }, (_, index) => `m${index + 1}`)]
  room.attach(netcall, im)
  room.join('standup', 'video', 'host')
  await jest.runAllTimersAsync()
  const told = (): string[] =>
    im.sent.filter(({ content }) => JSON.parse(content).type === 'room-speaks').map(({ to }) => to)
  return { im, room, told }
}
beforeEach(() => jest.useFakeTimers())
afterEach(() => jest.useRealTimers())

test('six streams are played by every phone: speech is not announced', async () => {
  const { room, told } = await roomWith(5)
  room.noteSpeech()
  expect(told()).toEqual([])
})

test('with more streams speech is announced every five seconds, but not while muted', async () => {
  const { room, told } = await roomWith(6)
  room.noteSpeech()
  expect(told()).toEqual(['m1', 'm2', 'm3', 'm4', 'm5', 'm6'])
  jest.advanceTimersByTime(4_900)
  room.noteSpeech()
  expect(told()).toHaveLength(6)
  jest.advanceTimersByTime(200)
  room.noteSpeech()
  expect(told()).toHaveLength(12)
  room.toggleMicrophone()
  jest.advanceTimersByTime(6_000)
  room.noteSpeech()
  expect(told()).toHaveLength(12)
})

test('announcements are stored per member; those of other rooms and strangers are ignored', async () => {
  const { im, room } = await roomWith(2)
  const spokeAt = (): number[] => (room.state.phase === 'in' ? room.state.members.map((member) => member.spokeAt) : [])
  im.receive('m2', encodeRoomMessage({ type: 'room-speaks', room: 'elsewhere' }))
  im.receive('mallory', encodeRoomMessage({ type: 'room-speaks', room: 'standup' }))
  expect(spokeAt()).toEqual([0, 0])
  im.receive('m2', encodeRoomMessage({ type: 'room-speaks', room: 'standup' }))
  expect(spokeAt()).toEqual([0, Date.now()])
})
