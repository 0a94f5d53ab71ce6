/** @jest-environment node */
/** Time limits: 30 s for ringing; a video request a little longer at the requesting side than at the asked one. */
import { CallController } from '../../../miniprogram/call/controller'
import { CONTROL_COMMAND, NETCALL_TYPE, type ControlCommand } from '../../../miniprogram/netcall/constants'
import { DEFAULT_SETTINGS } from '../../../miniprogram/services/settings'
import { FakeIm, FakeNetcall } from '../../support/fake-netcall'

const CID = 5
const {
  NETCALL_CONTROL_COMMAND_SWITCH_AUDIO_TO_VIDEO: ASK,
  NETCALL_CONTROL_COMMAND_SWITCH_AUDIO_TO_VIDEO_REJECT: REFUSE,
  NETCALL_CONTROL_COMMAND_SWITCH_VIDEO_TO_AUDIO: TO_AUDIO,
} = CONTROL_COMMAND

beforeEach(() => jest.useFakeTimers())
afterEach(() => {
  expect(jest.getTimerCount()).toBe(0)
  jest.useRealTimers()
})

function setUp() {
  const netcall = new FakeNetcall()
  const call = new CallController({ settings: () => DEFAULT_SETTINGS })
  call.attach(netcall, new FakeIm('alice'))
  const said = (): unknown[] => netcall.calls('control')
  return { netcall, call, said }
}
function talk() {
  const parts = setUp()
  parts.call.callUser('bob', 'audio')
  parts.netcall.emit('callAccepted', { account: 'bob', cid: CID, type: NETCALL_TYPE.NETCALL_TYPE_AUDIO })
  parts.netcall.enter(CID, ['alice', 'bob'])
  return parts
}
const say = (command: ControlCommand): object => ({ cid: CID, command })
const request = ({ state }: CallController): unknown => ('videoRequest' in state ? state.videoRequest : null)

test.each(['outgoing', 'incoming'] as const)('a call rings for 30 s: %s', (direction) => {
  const { netcall, call } = setUp()
  if (direction === 'outgoing') call.callUser('bob', 'video')
  else netcall.emit('beCalling', { caller: 'bob', cid: CID, type: NETCALL_TYPE.NETCALL_TYPE_VIDEO })
  jest.advanceTimersByTime(29_999)
  expect(call.state.phase).toBe(direction)
  jest.advanceTimersByTime(1)
  expect(call.state).toMatchObject({ reason: direction === 'outgoing' ? 'no-answer' : 'missed' })
  if (direction === 'outgoing') expect(netcall.calls('hangup')).toHaveLength(1)
})

test('a video request is withdrawn after 25 s, and its end shown for 4 s', () => {
  const { call, said } = talk()
  call.askForVideo()
  jest.advanceTimersByTime(24_999)
  expect([request(call), said()]).toEqual(['asking', [say(ASK)]])
  jest.advanceTimersByTime(1)
  expect([request(call), said()]).toEqual(['unanswered', [say(ASK), say(TO_AUDIO)]])
  jest.advanceTimersByTime(4_000)
  expect(request(call)).toBe('none')
  call.hangUp()
})

test("the peer's video request is declined after 20 s", () => {
  const { netcall, call, said } = talk()
  netcall.emit('control', { cid: CID, account: 'bob', command: ASK })
  jest.advanceTimersByTime(19_999)
  expect([request(call), said()]).toEqual(['asked', []])
  jest.advanceTimersByTime(1)
  expect([request(call), said()]).toEqual(['none', [say(REFUSE)]])
  call.hangUp()
})

test('a call that ends leaves no request open', () => {
  const { call } = talk()
  call.askForVideo()
  call.hangUp()
  expect(jest.getTimerCount()).toBe(0)
})
