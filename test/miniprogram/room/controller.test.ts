/** @jest-environment node */
/** Rooms over a provider that answers late, refuses, or says things at the wrong moment. */
import { CallController } from '../../../miniprogram/call/controller'
import { encodeMessage } from '../../../miniprogram/call/messages'
import { isBusy } from '../../../miniprogram/call/state'
import { CODE, DISCONNECT_CODE, NETCALL_TYPE } from '../../../miniprogram/netcall/constants'
import { NetcallError } from '../../../miniprogram/netcall/errors'
import { KICK_REASON, ROOM_CLOSE_REASON } from '../../../miniprogram/netcall/protocol'
import { RoomController, type MissedRoom } from '../../../miniprogram/room/controller'
import { encodeRoomMessage, encodeRoomWord, type RoomMessage } from '../../../miniprogram/room/messages'
import { isRoomBusy, type RoomState } from '../../../miniprogram/room/state'
import { DEFAULT_SETTINGS } from '../../../miniprogram/services/settings'
import { FakeIm, FakeNetcall } from '../../support/fake-netcall'

const ROOM = { cid: 9, uid: 1 }
const GONE = new NetcallError('refused', 'there is no such room', { code: CODE.roomGone })
const TAKEN = new NetcallError('wrong-state', 'it exists already', { code: CODE.conflict })
const FULL = new NetcallError('room-full', 'nine are in it', { code: CODE.roomFull })
const RECORDING = {
  ...DEFAULT_SETTINGS,
  recordAudio: true,
  recordVideo: true,
  recordType: '2',
  hostSpeaker: true,
} as const
const PARAMS = { recordAudio: 1, recordVideo: 1, recordType: '2', rtmpRecord: 0, isHostSpeaker: 1 }

const turns = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const detached: Array<() => void> = []
beforeEach(() => jest.spyOn(console, 'warn').mockImplementation(() => {}))
afterEach(() => {
  for (const detach of detached.splice(0)) detach()
  jest.useRealTimers()
  jest.restoreAllMocks()
})

function setUp({ answerTimeout = 30_000 }: { answerTimeout?: number } = {}) {
  const netcall = new FakeNetcall()
  const im = new FakeIm('alice')
  const call: CallController = new CallController({
    settings: () => RECORDING,
    busyElsewhere: () => isRoomBusy(room.state),
  })
  const room: RoomController = new RoomController({
    settings: () => RECORDING,
    busyElsewhere: () => isBusy(call.state),
    answerTimeout,
  })
  netcall.room = ROOM
  netcall.present = ['alice']
  for (const controller of [call, room]) {
    controller.attach(netcall, im)
    detached.push(() => controller.detach())
  }
  const said = (to?: string): unknown[] =>
    im.sent.filter((message) => to === undefined || message.to === to).map(({ content }) => JSON.parse(content))
  const hear = (from: string, message: RoomMessage): void => im.receive(from, encodeRoomMessage(message))
  const invite = (name = 'bob-1', from = 'bob'): void =>
    hear(from, {
      type: 'room-invite',
      room: name,
      title: 'bob, alice',
      kind: 'video',
      members: [from, 'alice', 'carol'],
    })
  return { netcall, im, call, room, said, hear, invite }
}
type Stage = ReturnType<typeof setUp>

/** A room of alice's with those whom she called. */
async function groupCall(options: Parameters<typeof setUp>[0] = {}): Promise<Stage> {
  const stage = setUp(options)
  stage.room.callGroup(['bob', 'carol'], 'video')
  await turns()
  return stage
}
const nameOf = (state: RoomState): string => (state.phase === 'idle' ? '' : state.room)
const reasonOf = (state: RoomState): string => (state.phase === 'ended' ? state.reason : state.phase)

describe('a group call', () => {
  test('makes a room, comes into it with the recording parameters of calls, and only then calls the others', async () => {
    const { netcall, room, said } = setUp()
    const release = netcall.hold('joinChannel')
    room.callGroup(['bob', 'carol'], 'video')
    const channelName = nameOf(room.state)
    const custom = encodeRoomWord({ title: 'alice, bob, carol', kind: 'video' })
    expect(netcall.calls('createChannel')).toEqual([{ channelName, custom }])
    await turns()
    expect(netcall.calls('joinChannel')).toEqual([{ channelName, mode: 0, role: 0, ...PARAMS }])
    expect([room.state.phase, said()]).toEqual(['joining', []])
    release()
    await turns()
    const invitation = {
      type: 'room-invite',
      room: channelName,
      title: 'alice, bob, carol',
      kind: 'video',
      members: ['alice', 'bob', 'carol'],
    }
    expect([said('bob'), said('carol')]).toEqual([[invitation], [invitation]])
  })

  test('who is there is heard even where it is told before the answer', async () => {
    const { netcall, room } = setUp()
    netcall.present = ['alice', 'bob']
    room.join('standup', 'video', 'host')
    await turns()
    expect(room.state).toMatchObject({
      phase: 'in',
      cid: 9,
      uid: 1,
      local: { url: 'rtmp://media/live/9-1' },
      members: [{ account: 'bob' }],
    })
  })

  test('an invitee who is offline shows so; the others ring', async () => {
    const stage = setUp()
    stage.im.offline.add('bob')
    stage.room.callGroup(['bob', 'carol'], 'audio')
    await turns()
    expect(stage.room.state).toMatchObject({
      invitees: [
        { account: 'bob', state: 'offline' },
        { account: 'carol', state: 'ringing' },
      ],
    })
  })

  test('answers are shown, and who comes in is no longer called', async () => {
    const { netcall, room, hear } = await groupCall()
    hear('bob', { type: 'room-answer', room: nameOf(room.state), answer: 'busy' })
    netcall.emit('clientJoin', { uid: 3, account: 'carol', cid: 9, url: 'x', mode: 0 })
    expect(room.state).toMatchObject({
      members: [{ account: 'carol' }],
      invitees: [{ account: 'bob', state: 'busy' }],
    })
  })

  test('each who rings is waited for by itself', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'queueMicrotask'] })
    const { room, said } = await groupCall()
    jest.advanceTimersByTime(20_000)
    room.invite(['dan'])
    jest.advanceTimersByTime(10_000)
    expect(room.state).toMatchObject({
      invitees: [
        { account: 'bob', state: 'no-answer' },
        { account: 'carol', state: 'no-answer' },
        { account: 'dan', state: 'ringing' },
      ],
    })
    expect(said('bob').at(-1)).toMatchObject({ type: 'room-cancel' })
    // Called again, the time begins anew.
    room.invite(['bob'])
    jest.advanceTimersByTime(20_000)
    expect(room.state).toMatchObject({
      invitees: [{ account: 'carol' }, { account: 'dan', state: 'no-answer' }, { account: 'bob', state: 'ringing' }],
    })
    room.leave()
    expect(said('bob').at(-1)).toMatchObject({ type: 'room-cancel' })
    expect(jest.getTimerCount()).toBe(0)
  })
})

describe('by its name', () => {
  test('the room is made where there is none', async () => {
    const { netcall, room } = setUp()
    netcall.failing['joinChannel'] = [GONE]
    room.join('standup', 'video', 'host')
    await turns()
    expect(netcall.calls('createChannel')).toMatchObject([{ channelName: 'standup' }])
    expect(netcall.calls('joinChannel')).toHaveLength(2)
    expect(room.state).toMatchObject({ phase: 'in', title: 'standup' })
  })
  test('another one was quicker to make it: then it is there', async () => {
    const { netcall, room } = setUp()
    netcall.failing['joinChannel'] = [GONE]
    netcall.failures['createChannel'] = TAKEN
    room.join('standup', 'video', 'host')
    await turns()
    expect(room.state.phase).toBe('in')
  })
  test('it is what whoever made it says', async () => {
    const { netcall, room } = setUp()
    netcall.room = { ...ROOM, custom: encodeRoomWord({ title: 'Monday', kind: 'audio' }) }
    room.join('standup', 'video', 'host')
    await turns()
    expect(room.state).toMatchObject({ phase: 'in', title: 'Monday', kind: 'audio', local: { camera: false } })
    expect(netcall.calls('switchMode')).toEqual([1])
  })
  test('the audience comes in without a stream', async () => {
    const { netcall, room } = setUp()
    room.join('standup', 'video', 'audience')
    await turns()
    expect(netcall.calls('joinChannel')).toMatchObject([{ role: 1, mode: 3 }])
    expect(room.state).toMatchObject({ role: 'audience', local: { microphone: false } })
  })
  test.each([
    { error: FULL, reason: 'room-full' },
    { error: new NetcallError('timeout', 'no answer'), reason: 'service-unreachable' },
    { error: new NetcallError('not-connected', 'no link'), reason: 'service-unreachable' },
    { error: new NetcallError('refused', 'no', { code: CODE.refused }), reason: 'refused' },
    {
      error: new NetcallError('invalid-argument', 'channelName: too long', { field: 'channelName' }),
      reason: 'failed',
    },
    { error: new Error('what'), reason: 'failed' },
  ])('$error.message: ended as $reason', async ({ error, reason }) => {
    const { netcall, room } = setUp()
    netcall.failures['joinChannel'] = error
    room.join('standup', 'audio', 'host')
    await turns()
    expect(room.state).toMatchObject({ phase: 'ended', reason, cid: null, duration: 0 })
    expect(netcall.calls('createChannel')).toEqual([])
  })
  test('a room that cannot be made ends the entry', async () => {
    const { netcall, room } = setUp()
    netcall.failures['createChannel'] = new NetcallError('timeout', 'no answer')
    room.callGroup(['bob'], 'audio')
    await turns()
    expect(reasonOf(room.state)).toBe('service-unreachable')
    expect(netcall.calls('joinChannel')).toEqual([])
  })
})

describe('late answers', () => {
  test.each(['createChannel', 'joinChannel'])('I left before %s was answered: I am in nothing', async (method) => {
    const { netcall, room } = setUp()
    const release = netcall.hold(method)
    room.callGroup(['bob'], 'video')
    await turns()
    room.leave()
    release()
    await turns()
    expect(reasonOf(room.state)).toBe('left')
    expect(netcall.calls('joinChannel')).toHaveLength(method === 'joinChannel' ? 1 : 0)
    expect(netcall.calls('hangup')).toHaveLength(1)
  })
  test('I left while the missing room was being made: I do not come into it', async () => {
    const { netcall, room } = setUp()
    netcall.failing['joinChannel'] = [GONE]
    const release = netcall.hold('createChannel')
    room.join('standup', 'video', 'host')
    await turns()
    room.leave()
    release()
    await turns()
    expect(netcall.calls('joinChannel')).toHaveLength(1)
  })
  test('I left before the service said that there is no such room: none is made', async () => {
    const { netcall, room } = setUp()
    netcall.failing['joinChannel'] = [GONE]
    const release = netcall.hold('joinChannel')
    room.join('standup', 'video', 'host')
    await turns()
    room.leave()
    release()
    await turns()
    expect(netcall.calls('createChannel')).toEqual([])
  })
  test('two rooms, one right after the other: the first one’s answer is not the second one’s', async () => {
    const { netcall, room } = setUp()
    const release = netcall.hold('joinChannel')
    room.join('first', 'video', 'host')
    await turns()
    room.leave()
    netcall.room = { cid: 10, uid: 1 }
    room.join('second', 'video', 'host')
    release()
    await turns()
    expect(room.state).toMatchObject({ phase: 'in', room: 'second', cid: 10 })
  })
  test('the first one’s failure ends neither the second nor an invitation that rings meanwhile', async () => {
    for (const next of ['join', 'invite'] as const) {
      const { netcall, room, invite } = setUp()
      netcall.failing['joinChannel'] = [FULL]
      const release = netcall.hold('joinChannel')
      room.join('first', 'video', 'host')
      await turns()
      room.leave()
      if (next === 'join') room.join('second', 'video', 'host')
      else invite()
      release()
      await turns()
      expect(room.state.phase).toBe(next === 'join' ? 'in' : 'invited')
    }
  })
})

describe('an invitation', () => {
  test('rings, and its answer leads into the room; my other devices stop ringing', async () => {
    const { netcall, room, said, invite } = setUp()
    invite()
    expect(room.state).toMatchObject({ phase: 'invited', inviter: 'bob', others: ['carol'], title: 'bob, alice' })
    room.accept()
    expect(said('alice')).toEqual([{ type: 'room-answered', room: 'bob-1' }])
    await turns()
    expect(netcall.calls('createChannel')).toEqual([])
    expect(netcall.calls('joinChannel')).toMatchObject([{ channelName: 'bob-1', mode: 0, role: 0, ...PARAMS }])
    expect(room.state).toMatchObject({ phase: 'in', inviter: 'bob' })
  })
  test('into a room that is over by now', async () => {
    const { netcall, room, invite } = setUp()
    netcall.failures['joinChannel'] = GONE
    invite()
    room.accept()
    await turns()
    expect(reasonOf(room.state)).toBe('room-closed')
  })
  test('is refused, with a word to both sides', () => {
    const { room, said, invite } = setUp()
    invite()
    room.decline()
    expect(said('bob')).toEqual([{ type: 'room-answer', room: 'bob-1', answer: 'declined' }])
    expect(said('alice')).toEqual([{ type: 'room-answered', room: 'bob-1' }])
    expect(reasonOf(room.state)).toBe('declined')
  })
  test('no other device of mine is no reason for a warning', async () => {
    const { im, room, invite } = setUp()
    im.offline.add('alice')
    invite()
    room.decline()
    await turns()
    expect(console.warn).not.toHaveBeenCalled()
  })
  test.each<[string, RoomMessage, string]>([
    ['bob', { type: 'room-cancel', room: 'bob-1' }, 'inviter-cancelled'],
    ['alice', { type: 'room-answered', room: 'bob-1' }, 'answered-elsewhere'],
    ['carol', { type: 'room-cancel', room: 'bob-1' }, 'invited'],
    ['carol', { type: 'room-answered', room: 'bob-1' }, 'invited'],
  ])('%s says %j: %s', (from, message, reason) => {
    const { room, hear, invite } = setUp()
    invite()
    hear(from, message)
    expect(reasonOf(room.state)).toBe(reason)
  })
  test('is missed after its time', () => {
    jest.useFakeTimers()
    const { room, invite } = setUp()
    invite()
    jest.advanceTimersByTime(30_000)
    expect(reasonOf(room.state)).toBe('missed')
  })
  test('an accepted one is not missed', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'queueMicrotask'] })
    const { room, invite } = setUp()
    invite()
    room.accept()
    await turns()
    jest.advanceTimersByTime(60_000)
    expect(room.state.phase).toBe('in')
  })
  test('the end of another session is none of its', () => {
    const { netcall, room, invite } = setUp()
    invite()
    netcall.emit('disconnect', { code: DISCONNECT_CODE.kicked, desc: '' })
    expect(room.state.phase).toBe('invited')
  })
})

describe('busy, both ways', () => {
  test('in a room: who calls me hears busy, and whoever calls me into another', async () => {
    const { netcall, call, room, said, invite } = await groupCall()
    const missed: MissedRoom[] = []
    room.onMissed((each) => missed.push(each))
    netcall.emit('beCalling', { caller: 'erin', cid: 70, type: NETCALL_TYPE.NETCALL_TYPE_AUDIO })
    expect(netcall.calls('response')).toEqual([{ caller: 'erin', cid: 70, type: 1, accepted: false }])
    expect(call.state.phase).toBe('idle')
    call.callUser('erin', 'audio')
    expect(netcall.calls('call')).toEqual([])
    invite('erin-1', 'erin')
    expect(said('erin')).toEqual([{ type: 'room-answer', room: 'erin-1', answer: 'busy' }])
    expect(missed).toMatchObject([{ inviter: 'erin', title: 'bob, alice', kind: 'video' }])
    expect(room.state).toMatchObject({ phase: 'in', cid: 9 })
  })
  test('in a call: whoever calls me into a room hears busy, and I go into none', () => {
    const { netcall, call, room, said, invite } = setUp()
    netcall.emit('beCalling', { caller: 'erin', cid: 70, type: NETCALL_TYPE.NETCALL_TYPE_AUDIO })
    invite()
    room.join('standup', 'video', 'host')
    room.callGroup(['bob'], 'video')
    expect([call.state.phase, room.state.phase]).toEqual(['incoming', 'idle'])
    expect(said('bob')).toEqual([{ type: 'room-answer', room: 'bob-1', answer: 'busy' }])
    expect(netcall.calls('joinChannel')).toEqual([])
  })
  test('a session’s events are the call’s or the room’s, not both’s', async () => {
    const { netcall, call, room } = await groupCall()
    netcall.emit('willreconnect', { count: 1 })
    expect([call.state.phase, room.state.phase]).toEqual(['idle', 'reconnecting'])
    netcall.enter(9, ['alice', 'bob'])
    expect([call.state.phase, room.state.phase]).toEqual(['idle', 'in'])
  })
})

const kick = (stage: Stage, reason: string): void => {
  stage.netcall.emit('kicked', { cid: 9, reason })
  stage.netcall.emit('disconnect', { code: DISCONNECT_CODE.kicked, desc: reason })
}
const disconnect =
  (code: (typeof DISCONNECT_CODE)[keyof typeof DISCONNECT_CODE]) =>
  ({ netcall }: Stage): void =>
    netcall.emit('disconnect', { code, desc: '' })

describe('how it ends', () => {
  test.each<[string, (stage: Stage) => void]>([
    ['replaced', (stage) => kick(stage, KICK_REASON.replaced)],
    ['kicked', (stage) => kick(stage, 'whatever')],
    ['room-closed', ({ netcall }) => netcall.emit('liveRoomClose', { cid: 9, reason: 'over' })],
    [
      'service-stopped',
      ({ netcall }) => netcall.emit('liveRoomClose', { cid: 9, reason: ROOM_CLOSE_REASON.serviceStopped }),
    ],
    ['in', ({ netcall }) => netcall.emit('liveRoomClose', { cid: 70, reason: 'of another' })],
    ['in', disconnect(DISCONNECT_CODE.normal)],
    ['connection-lost', disconnect(DISCONNECT_CODE.retriesUsedUp)],
    ['refused', disconnect(DISCONNECT_CODE.refused)],
    ['room-closed', disconnect(DISCONNECT_CODE.roomGone)],
    [
      'room-gone',
      (stage) => {
        stage.netcall.emit('willreconnect', { count: 1 })
        disconnect(DISCONNECT_CODE.roomGone)(stage)
      },
    ],
    ['left', ({ room }) => room.leave()],
    ['microphone-refused', ({ room }) => room.microphoneRefused()],
  ])('%s', async (reason, happen) => {
    const stage = await groupCall()
    happen(stage)
    expect(reasonOf(stage.room.state)).toBe(reason)
  })

  test('signing out leaves the room, and its end can still be dismissed', async () => {
    const { netcall, im, room } = await groupCall()
    room.detach()
    expect(netcall.calls('hangup')).toHaveLength(1)
    expect(reasonOf(room.state)).toBe('left')
    room.dismiss()
    expect(room.state).toEqual({ phase: 'idle' })
    room.join('standup', 'video', 'host')
    room.callGroup(['bob'], 'video')
    im.receive('bob', encodeRoomMessage({ type: 'room-cancel', room: 'x' }))
    expect(room.state).toEqual({ phase: 'idle' })
  })
  test('nothing is left listening or waiting', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'queueMicrotask'] })
    const { netcall, im, call, room } = await groupCall()
    call.detach()
    room.detach()
    expect([netcall.listenerCount(), im.listenerCount(), jest.getTimerCount()]).toEqual([0, 0, 0])
  })
})

test('members say that they record, how well they send, and what is off', async () => {
  const { netcall, im, room, said } = await groupCall()
  netcall.emit('clientJoin', { uid: 2, account: 'bob', cid: 9, url: 'x', mode: 0 })
  expect(said('bob')).toContainEqual({ type: 'recording', cid: 9, audio: true, video: true })
  im.receive('bob', encodeMessage({ type: 'recording', cid: 9, audio: true, video: false }))
  im.receive('bob', encodeMessage({ type: 'network', cid: 9, quality: 'weak' }))
  im.receive('bob', encodeMessage({ type: 'network', cid: 70, quality: 'good' }))
  netcall.emit('control', { cid: 9, account: 'bob', command: 4 })
  expect(room.state).toMatchObject({
    members: [{ recording: { audio: true, video: false }, network: 'weak', camera: false }],
  })
  netcall.emit('clientUpdate', { uid: 2, account: 'bob', cid: 9, mode: 3 })
  expect(room.state).toMatchObject({ members: [{ mode: 3, microphone: false }] })
  netcall.emit('clientLeave', { uid: 2, account: 'bob', cid: 9 })
  expect(room.state).toMatchObject({ members: [] })
})

test('buttons do what they say', async () => {
  const { netcall, room } = await groupCall()
  room.toggleMicrophone()
  room.toggleCamera()
  room.flipCamera()
  room.toggleSpeaker()
  expect(room.state).toMatchObject({ local: { microphone: false, camera: false, facing: 'back', speaker: false } })
  room.toggleMicrophone()
  room.toggleCamera()
  room.cameraFailed()
  room.setAway(true)
  room.noteNetwork('fair')
  expect(room.state).toMatchObject({ local: { microphone: true, camera: false, away: true, network: 'fair' } })
  expect(netcall.calls('switchMode')).toEqual([2, 3, 1, 0, 1])
})

test('whoever looks sees each state with the one before', async () => {
  const { room } = setUp()
  const seen: string[] = []
  const stop = room.subscribe((state, previous) => seen.push(`${previous.phase} ${state.phase}`))
  room.join('standup', 'audio', 'host')
  await turns()
  room.leave()
  stop()
  room.dismiss()
  expect(seen).toEqual(['idle joining', 'joining in', 'in in', 'in ended'])
})
