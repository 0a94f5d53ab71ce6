/** @jest-environment node */
import { CallController } from '../../../miniprogram/call/controller'
import type { CallSettings } from '../../../miniprogram/call/local-media'
import { encodeMessage } from '../../../miniprogram/call/messages'
import { recordingParams } from '../../../miniprogram/call/recording-params'
import { CONTROL_COMMAND, NETCALL_TYPE } from '../../../miniprogram/netcall/constants'
import { NetcallError } from '../../../miniprogram/netcall/errors'
import { FakeIm, FakeNetcall } from '../../support/fake-netcall'

const SETTINGS: CallSettings = {
  recordAudio: true,
  recordVideo: true,
  recordType: '2',
  rtmpRecord: false,
  hostSpeaker: false,
  microphone: true,
  cameraOn: true,
  camera: 'front',
}
const CID = 5
const RING = { caller: 'bob', cid: CID, type: NETCALL_TYPE.NETCALL_TYPE_VIDEO }
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

const controllers: CallController[] = []
afterEach(() => {
  for (const controller of controllers.splice(0)) controller.detach()
})

function setUp(settings: Partial<CallSettings> = {}) {
  const netcall = new FakeNetcall()
  const im = new FakeIm('alice')
  const controller = new CallController({ settings: () => ({ ...SETTINGS, ...settings }) })
  controller.attach(netcall, im)
  controllers.push(controller)
  return { netcall, im, controller }
}

const EXPECTED_PARAMS = { recordAudio: 1, recordVideo: 1, recordType: '2', rtmpRecord: 0, isHostSpeaker: 0 }

test("the caller's callAccepted starts the session with the recording settings", async () => {
  const { netcall, controller } = setUp()
  controller.callUser('bob', 'video')
  expect(netcall.calls('call')).toMatchObject([{ type: 2, callee: 'bob' }])
  await settle()
  netcall.emit('callAccepted', { account: 'bob', cid: CID, type: 2 })
  expect(netcall.calls('startRtc')).toEqual([{ mode: 0, ...EXPECTED_PARAMS }])
  expect(controller.state.phase).toBe('connecting')
})

test("the callee's response starts it with the same parameters, in the mode of the call", async () => {
  const { netcall, controller } = setUp()
  netcall.emit('beCalling', { ...RING, type: NETCALL_TYPE.NETCALL_TYPE_AUDIO })
  expect(controller.state).toMatchObject({ phase: 'incoming', kind: 'audio', peer: 'bob' })
  controller.accept()
  expect(netcall.calls('response')).toEqual([{ caller: 'bob', cid: CID, type: 1, accepted: true }])
  expect(netcall.calls('startRtc')).toEqual([])
  await settle()
  expect(netcall.calls('startRtc')).toEqual([{ mode: 1, ...EXPECTED_PARAMS }])
})

test('recording parameters are OPEN and CLOSE, and the type as a string', () => {
  const off = {
    recordAudio: false,
    recordVideo: false,
    recordType: '0',
    rtmpRecord: false,
    hostSpeaker: false,
  } as const
  expect(recordingParams(off)).toEqual({
    recordAudio: 0,
    recordVideo: 0,
    recordType: '0',
    rtmpRecord: 0,
    isHostSpeaker: 0,
  })
  expect(recordingParams({ ...off, recordVideo: true, rtmpRecord: true, hostSpeaker: true, recordType: '1' })).toEqual({
    recordAudio: 0,
    recordVideo: 1,
    recordType: '1',
    rtmpRecord: 1,
    isHostSpeaker: 1,
  })
})

test('both sides learn that the call is recorded', async () => {
  const { netcall, im, controller } = setUp()
  controller.callUser('bob', 'video')
  expect(netcall.calls('call')[0]).toMatchObject({
    pushConfig: { custom: JSON.stringify({ recording: { audio: true, video: true } }) },
  })
  await settle()
  netcall.emit('callAccepted', { account: 'bob', cid: CID, type: 2 })
  netcall.enter(CID, ['alice', 'bob'])
  expect(im.sent).toEqual([
    { to: 'bob', content: encodeMessage({ type: 'recording', cid: CID, audio: true, video: true }) },
  ])
  im.receive('bob', encodeMessage({ type: 'recording', cid: CID, audio: true, video: false }))
  expect(controller.state).toMatchObject({ remote: { recording: { audio: true, video: false } } })
  im.receive('carol', encodeMessage({ type: 'recording', cid: CID, audio: false, video: false }))
  im.receive('bob', 'not json')
  expect(controller.state).toMatchObject({ remote: { recording: { audio: true, video: false } } })
})

test('the ringing timeout does not end an answered call', async () => {
  jest.useFakeTimers()
  const { netcall, controller } = setUp()
  controller.callUser('bob', 'audio')
  netcall.emit('callAccepted', { account: 'bob', cid: CID, type: 1 })
  jest.advanceTimersByTime(60_000)
  expect(controller.state.phase).toBe('connecting')
  jest.useRealTimers()
})

test.each([
  [new NetcallError('callee-offline', 'offline', { code: 11001 }), 'peer-offline'],
  [new NetcallError('timeout', 'no answer'), 'service-unreachable'],
  [new NetcallError('not-connected', 'no link'), 'service-unreachable'],
  [new NetcallError('refused', 'no'), 'refused'],
  [new NetcallError('too-often', 'too many calls', { code: 416 }), 'too-often'],
  [new Error('what'), 'failed'],
])('a call that cannot be placed (%s) ends as %s', async (error, reason) => {
  const { netcall, controller } = setUp()
  netcall.failures.call = error
  controller.callUser('bob', 'video')
  await settle()
  expect(controller.state).toMatchObject({ phase: 'ended', reason })
})

test('a failure of an earlier call does not end the current one', async () => {
  const { netcall, controller } = setUp()
  netcall.failures.call = new NetcallError('callee-offline', 'offline', { code: 11001 })
  controller.callUser('bob', 'video')
  controller.hangUp()
  delete netcall.failures.call
  controller.callUser('carol', 'video')
  await settle()
  expect(controller.state).toMatchObject({ phase: 'outgoing', peer: 'carol' })
})

test('nobody can be called after sign-out, even after a pending permission request', () => {
  const { controller } = setUp()
  controller.detach()
  controller.callUser('bob', 'video')
  expect(controller.state).toEqual({ phase: 'idle' })
})

test('a second caller gets busy', () => {
  const { netcall, controller } = setUp()
  netcall.emit('beCalling', RING)
  netcall.emit('beCalling', { ...RING, caller: 'carol', cid: 6 })
  expect(netcall.calls('control')).toEqual([{ cid: 6, command: CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_BUSY }])
  expect(netcall.calls('response')).toEqual([{ caller: 'carol', cid: 6, type: 2, accepted: false }])
  expect(controller.state).toMatchObject({ phase: 'incoming', peer: 'bob' })
})

test('a late repetition of a declined call does not ring again', () => {
  const { netcall, controller } = setUp()
  netcall.emit('beCalling', RING)
  controller.reject()
  controller.dismiss()
  netcall.emit('beCalling', RING)
  expect(controller.state.phase).toBe('idle')
})

test.each([
  [403, 'connection-lost'],
  [405, 'kicked'],
  [406, 'refused'],
  [417, 'room-closed'],
] as const)('disconnect %i ends the call as %s', async (code, reason) => {
  const { netcall, controller } = setUp()
  controller.callUser('bob', 'video')
  netcall.emit('callAccepted', { account: 'bob', cid: CID, type: 2 })
  netcall.emit('disconnect', { code, desc: '' })
  expect(controller.state).toMatchObject({ phase: 'ended', reason })
})

test('detaching the instance hangs up and unsubscribes', () => {
  const { netcall, im, controller } = setUp()
  controller.callUser('bob', 'video')
  controller.detach()
  expect(controller.state).toMatchObject({ phase: 'ended', reason: 'cancelled' })
  expect(netcall.calls('hangup')).toHaveLength(1)
  expect(netcall.listenerCount()).toBe(0)
  expect(im.listenerCount()).toBe(0)
})

test('a subscriber that throws affects neither the call nor other subscribers; the app gets its error', () => {
  jest.useFakeTimers()
  const { netcall, controller } = setUp()
  const phases: string[] = []
  const unsubscribe = controller.subscribe(() => {
    throw new Error('of the host')
  })
  controller.subscribe(({ phase }) => phases.push(phase))
  controller.callUser('bob', 'video')
  expect(phases).toEqual(['outgoing'])
  expect(netcall.calls('call')).toHaveLength(1)
  expect(() => jest.advanceTimersByTime(0)).toThrow('of the host')
  unsubscribe()
  jest.useRealTimers()
})

test('a ringing call that the service ends is ended at once', async () => {
  const { netcall, controller } = setUp()
  netcall.placed = CID
  controller.callUser('bob', 'video')
  await settle()
  netcall.emit('hangup', { cid: CID + 1, account: 'bob', timetag: 0 })
  expect(controller.state.phase).toBe('outgoing')
  netcall.emit('hangup', { cid: CID, account: 'bob', timetag: 0 })
  expect(controller.state).toMatchObject({ phase: 'ended', reason: 'no-answer' })
})

test.each([
  ['zoe', 'outgoing', []],
  ['adam', 'incoming', [null]],
])('if alice and %s call each other at the same moment, her call is %s', async (peer, phase, hangUps) => {
  const { netcall, controller } = setUp()
  netcall.failures.call = new NetcallError('wrong-state', 'hung up before the service had answered')
  controller.callUser(peer, 'video')
  delete netcall.failures.call
  netcall.emit('beCalling', { ...RING, caller: peer })
  expect(controller.state).toMatchObject({ phase, peer })
  expect(netcall.calls('hangup')).toEqual(hangUps)
  expect(netcall.calls('response')).toEqual([])
  if (phase === 'incoming') {
    // The failure of the cancelled call is not the failure of the ringing one.
    await settle()
    expect(controller.state).toMatchObject({ phase, peer })
  }
})

test('an answer after the caller cancelled shows so', async () => {
  const { netcall, controller } = setUp()
  netcall.failures.response = new NetcallError('wrong-state', 'no such call', { code: 404 })
  netcall.emit('beCalling', RING)
  controller.accept()
  await settle()
  expect(controller.state).toMatchObject({ phase: 'ended', reason: 'peer-cancelled' })
})
