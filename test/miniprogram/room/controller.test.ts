/** @jest-environment node */
/** Rooms over a provider that ends them, or says things at the wrong moment. */
import { encodeMessage } from '../../../miniprogram/call/messages'
import { DISCONNECT_CODE } from '../../../miniprogram/netcall/constants'
import { KICK_REASON, ROOM_CLOSE_REASON } from '../../../miniprogram/netcall/protocol'
import { encodeRoomMessage } from '../../../miniprogram/room/messages'
import { groupCall, reasonOf, setUp, turns, type Stage } from './stage'

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
  expect(said('bob')).toContainEqual({ type: 'recording', cid: 9, audio: true, video: true, mainSpeaker: true })
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
