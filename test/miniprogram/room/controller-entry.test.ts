/** @jest-environment node */
/** Going into rooms over a provider that answers late, or refuses. */
import { CODE } from '../../../miniprogram/netcall/constants'
import { NetcallError } from '../../../miniprogram/netcall/errors'
import { encodeRoomWord } from '../../../miniprogram/room/messages'
import { FULL, GONE, groupCall, nameOf, PARAMS, reasonOf, ROOM, setUp, TAKEN, turns } from './stage'

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
    { error: new NetcallError('too-often', 'too many rooms', { code: CODE.tooOften }), reason: 'too-often' },
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
