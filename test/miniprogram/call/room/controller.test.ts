/** @jest-environment node */
/** Rooms over a provider that ends them, or sends events at the wrong moment. */
import { encodeMessage } from '../../../../miniprogram/call/messages'
import { DISCONNECT_CODE, NETCALL_TYPE } from '../../../../miniprogram/netcall/constants'
import { KICK_REASON, ROOM_CLOSE_REASON } from '../../../../miniprogram/netcall/protocol'
import type { MissedCall } from '../../../../miniprogram/call/effects'
import { encodeRoomMessage, type RoomMessage } from '../../../../miniprogram/call/room/messages'
import { GONE, groupCall, PARAMS, reasonOf, setUp, type Stage, turns } from './stage'

const kick = (stage: Stage, reason: string): void => {
  stage.netcall.emit('kicked', { cid: 9, reason })
  stage.netcall.emit('disconnect', { code: DISCONNECT_CODE.kicked, desc: reason })
}
const disconnect =
  (code: (typeof DISCONNECT_CODE)[keyof typeof DISCONNECT_CODE]) =>
  ({ netcall }: Stage): void =>
    netcall.emit('disconnect', { code, desc: '' })

describe('the end of a room', () => {
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
    ['left', ({ call }) => call.hangUp()],
    ['microphone-refused', ({ call }) => call.microphoneRefused()],
    ['no-page', ({ call }) => call.noPage()],
  ])('%s', async (reason, happen) => {
    const stage = await groupCall()
    happen(stage)
    expect(reasonOf(stage.call.state)).toBe(reason)
  })

  test('at sign-out can still be dismissed', async () => {
    const { netcall, im, call } = await groupCall()
    call.detach()
    expect(netcall.calls('hangup')).toHaveLength(1)
    expect(reasonOf(call.state)).toBe('left')
    call.dismiss()
    expect(call.state).toEqual({ phase: 'idle' })
    call.join('standup', 'video', 'host')
    call.callGroup(['bob'], 'video')
    im.receive('bob', encodeRoomMessage({ type: 'room-cancel', room: 'x' }))
    expect(call.state).toEqual({ phase: 'idle' })
  })
  test('leaves no subscriptions and timers', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'queueMicrotask'] })
    const { netcall, im, call } = await groupCall()
    call.detach()
    expect([netcall.listenerCount(), im.listenerCount(), jest.getTimerCount()]).toEqual([0, 0, 0])
  })
})

test('members announce recording, network quality, and devices that are off', async () => {
  const { netcall, im, call, said } = await groupCall()
  netcall.emit('clientJoin', { uid: 2, account: 'bob', cid: 9, url: 'x', mode: 0 })
  expect(said('bob')).toContainEqual({ type: 'recording', cid: 9, audio: true, video: true, mainSpeaker: true })
  im.receive('bob', encodeMessage({ type: 'recording', cid: 9, audio: true, video: false }))
  im.receive('bob', encodeMessage({ type: 'network', cid: 9, quality: 'weak' }))
  im.receive('bob', encodeMessage({ type: 'network', cid: 70, quality: 'good' }))
  netcall.emit('control', { cid: 9, account: 'bob', command: 4 })
  expect(call.state).toMatchObject({
    members: [{ recording: { audio: true, video: false }, network: 'weak', camera: false }],
  })
  netcall.emit('clientUpdate', { uid: 2, account: 'bob', cid: 9, mode: 3 })
  expect(call.state).toMatchObject({ members: [{ mode: 3, microphone: false }] })
  netcall.emit('clientLeave', { uid: 2, account: 'bob', cid: 9 })
  expect(call.state).toMatchObject({ members: [] })
})

test('each button has its effect', async () => {
  const { netcall, call } = await groupCall()
  call.toggleMicrophone()
  call.toggleCamera()
  call.flipCamera()
  call.toggleSpeaker()
  expect(call.state).toMatchObject({ local: { microphone: false, camera: false, facing: 'back', speaker: false } })
  call.toggleMicrophone()
  call.toggleCamera()
  call.cameraFailed()
  call.setAway(true)
  call.noteNetwork('fair')
  expect(call.state).toMatchObject({ local: { microphone: true, camera: false, away: true, network: 'fair' } })
  expect(netcall.calls('switchMode')).toEqual([2, 3, 1, 0, 1])
})

test('subscribers get each state with the previous one', async () => {
  const { call } = setUp()
  const seen: string[] = []
  const stop = call.subscribe((state, previous) => seen.push(`${previous.phase} ${state.phase}`))
  call.join('standup', 'audio', 'host')
  await turns()
  call.hangUp()
  stop()
  call.dismiss()
  expect(seen).toEqual(['idle joining', 'joining in', 'in in', 'in ended'])
})

// Invitations, and being busy.

describe('an invitation', () => {
  test("rings, and its acceptance joins the room; the account's other devices stop ringing", async () => {
    const { netcall, call, said, invite } = setUp()
    invite()
    expect(call.state).toMatchObject({ phase: 'invited', inviter: 'bob', others: ['carol'], title: 'bob, alice' })
    call.accept()
    expect(said('alice')).toEqual([{ type: 'room-answered', room: 'bob-1' }])
    await turns()
    expect(netcall.calls('createChannel')).toEqual([])
    expect(netcall.calls('joinChannel')).toMatchObject([{ channelName: 'bob-1', mode: 0, role: 0, ...PARAMS }])
    expect(call.state).toMatchObject({ phase: 'in', inviter: 'bob' })
  })
  test('to a room that has ended', async () => {
    const { netcall, call, invite } = setUp()
    netcall.failures['joinChannel'] = GONE
    invite()
    call.accept()
    await turns()
    expect(reasonOf(call.state)).toBe('room-closed')
  })
  test('is declined with a message to the inviter and the other devices', () => {
    const { call, said, invite } = setUp()
    invite()
    call.reject()
    expect(said('bob')).toEqual([{ type: 'room-answer', room: 'bob-1', answer: 'declined' }])
    expect(said('alice')).toEqual([{ type: 'room-answered', room: 'bob-1' }])
    expect(reasonOf(call.state)).toBe('declined')
  })
  test('without other devices logs no warning', async () => {
    const { im, call, invite } = setUp()
    im.offline.add('alice')
    invite()
    call.reject()
    await turns()
    expect(console.warn).not.toHaveBeenCalled()
  })
  test.each<[string, RoomMessage, string]>([
    ['bob', { type: 'room-cancel', room: 'bob-1' }, 'inviter-cancelled'],
    ['alice', { type: 'room-answered', room: 'bob-1' }, 'answered-elsewhere'],
    ['carol', { type: 'room-cancel', room: 'bob-1' }, 'invited'],
    ['carol', { type: 'room-answered', room: 'bob-1' }, 'invited'],
  ])('%s on %j: %s', (from, message, reason) => {
    const { call, receive, invite } = setUp()
    invite()
    receive(from, message)
    expect(reasonOf(call.state)).toBe(reason)
  })
  test('is missed after its time', () => {
    jest.useFakeTimers()
    const { call, invite } = setUp()
    invite()
    jest.advanceTimersByTime(30_000)
    expect(reasonOf(call.state)).toBe('missed')
  })
  test('is not missed once accepted', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'queueMicrotask'] })
    const { call, invite } = setUp()
    invite()
    call.accept()
    await turns()
    jest.advanceTimersByTime(60_000)
    expect(call.state.phase).toBe('in')
  })
  test('is not affected by the end of another session', () => {
    const { netcall, call, invite } = setUp()
    invite()
    netcall.emit('disconnect', { code: DISCONNECT_CODE.kicked, desc: '' })
    expect(call.state.phase).toBe('invited')
  })
})

describe('while busy', () => {
  test('in a room, calls and other invitations are rejected as busy', async () => {
    const { netcall, call, said, invite } = await groupCall()
    const missed: MissedCall[] = []
    call.onMissed((each) => missed.push(each))
    netcall.emit('beCalling', { caller: 'erin', cid: 70, type: NETCALL_TYPE.NETCALL_TYPE_AUDIO })
    expect(netcall.calls('response')).toEqual([{ caller: 'erin', cid: 70, type: 1, accepted: false }])
    call.callUser('erin', 'audio')
    expect(netcall.calls('call')).toEqual([])
    invite('erin-1', 'erin')
    expect(said('erin')).toEqual([{ type: 'room-answer', room: 'erin-1', answer: 'busy' }])
    expect(missed).toMatchObject([
      { type: 'one-to-one', peer: 'erin', cid: 70, kind: 'audio' },
      { type: 'room', inviter: 'erin', title: 'bob, alice', kind: 'video' },
    ])
    expect(call.state).toMatchObject({ type: 'room', phase: 'in', cid: 9 })
  })
  test('in a call, invitations are rejected as busy, and no room can be joined', () => {
    const { netcall, call, said, invite } = setUp()
    netcall.emit('beCalling', { caller: 'erin', cid: 70, type: NETCALL_TYPE.NETCALL_TYPE_AUDIO })
    invite()
    call.join('standup', 'video', 'host')
    call.callGroup(['bob'], 'video')
    expect(call.state).toMatchObject({ type: 'one-to-one', phase: 'incoming', cid: 70 })
    expect(said('bob')).toEqual([{ type: 'room-answer', room: 'bob-1', answer: 'busy' }])
    expect(netcall.calls('joinChannel')).toEqual([])
  })
  test('in a room, events of a session are those of the room', async () => {
    const { netcall, call } = await groupCall()
    netcall.emit('willreconnect', { count: 1 })
    expect(call.state).toMatchObject({ type: 'room', phase: 'reconnecting' })
    netcall.enter(9, ['alice', 'bob'])
    expect(call.state).toMatchObject({ type: 'room', phase: 'in' })
  })
})
