/** @jest-environment node */
/** Being called into a room, and being busy. */
import { DISCONNECT_CODE, NETCALL_TYPE } from '../../../miniprogram/netcall/constants'
import type { MissedRoom } from '../../../miniprogram/room/controller'
import type { RoomMessage } from '../../../miniprogram/room/messages'
import { GONE, groupCall, PARAMS, reasonOf, setUp, turns } from './stage'

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
