/** @jest-environment node */
/** Joining rooms over a provider that answers late, or refuses. */
import { CODE } from '../../../../miniprogram/netcall/constants'
import { NetcallError } from '../../../../miniprogram/netcall/errors'
import { encodeRoomWord } from '../../../../miniprogram/call/room/messages'
import { FULL, GONE, groupCall, nameOf, PARAMS, reasonOf, ROOM, setUp, TAKEN, turns } from './stage'

describe('a group call', () => {
  test('opens a room, joins it with the recording settings, and then invites', async () => {
    const { netcall, call, said } = setUp()
    const release = netcall.hold('joinChannel')
    call.callGroup(['bob', 'carol'], 'video')
    const channelName = nameOf(call.state)
    const custom = encodeRoomWord({ title: 'alice, bob, carol', kind: 'video' })
    expect(netcall.calls('createChannel')).toEqual([{ channelName, custom }])
    await turns()
    expect(netcall.calls('joinChannel')).toEqual([{ channelName, mode: 0, role: 0, ...PARAMS }])
    expect([call.state.phase, said()]).toEqual(['joining', []])
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

  test('knows its members even if they arrive before the answer', async () => {
    const { netcall, call } = setUp()
    netcall.present = ['alice', 'bob']
    call.join('standup', 'video', 'host')
    await turns()
    expect(call.state).toMatchObject({
      phase: 'in',
      cid: 9,
      uid: 1,
      local: { url: 'rtmp://media/live/9-1' },
      members: [{ account: 'bob' }],
    })
  })

  test('shows an offline invitee while the others ring', async () => {
    const stage = setUp()
    stage.im.offline.add('bob')
    stage.call.callGroup(['bob', 'carol'], 'audio')
    await turns()
    expect(stage.call.state).toMatchObject({
      invitees: [
        { account: 'bob', state: 'offline' },
        { account: 'carol', state: 'ringing' },
      ],
    })
  })

  test('shows answers, and members that join are no longer ringing', async () => {
    const { netcall, call, receive } = await groupCall()
    receive('bob', { type: 'room-answer', room: nameOf(call.state), answer: 'busy' })
    netcall.emit('clientJoin', { uid: 3, account: 'carol', cid: 9, url: 'x', mode: 0 })
    expect(call.state).toMatchObject({
      members: [{ account: 'carol' }],
      invitees: [{ account: 'bob', state: 'busy' }],
    })
  })

  test('waits for each invitee separately', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'queueMicrotask'] })
    const { call, said } = await groupCall()
    jest.advanceTimersByTime(20_000)
    call.invite(['dan'])
    jest.advanceTimersByTime(10_000)
    expect(call.state).toMatchObject({
      invitees: [
        { account: 'bob', state: 'no-answer' },
        { account: 'carol', state: 'no-answer' },
        { account: 'dan', state: 'ringing' },
      ],
    })
    expect(said('bob').at(-1)).toMatchObject({ type: 'room-cancel' })
    // After another invitation the time restarts.
    call.invite(['bob'])
    jest.advanceTimersByTime(20_000)
    expect(call.state).toMatchObject({
      invitees: [{ account: 'carol' }, { account: 'dan', state: 'no-answer' }, { account: 'bob', state: 'ringing' }],
    })
    call.hangUp()
    expect(said('bob').at(-1)).toMatchObject({ type: 'room-cancel' })
    expect(jest.getTimerCount()).toBe(0)
  })
})

describe('joining by name', () => {
  test('creates a missing room', async () => {
    const { netcall, call } = setUp()
    netcall.failing['joinChannel'] = [GONE]
    call.join('standup', 'video', 'host')
    await turns()
    expect(netcall.calls('createChannel')).toMatchObject([{ channelName: 'standup' }])
    expect(netcall.calls('joinChannel')).toHaveLength(2)
    expect(call.state).toMatchObject({ phase: 'in', title: 'standup' })
  })
  test('joins a room that another member created first', async () => {
    const { netcall, call } = setUp()
    netcall.failing['joinChannel'] = [GONE]
    netcall.failures['createChannel'] = TAKEN
    call.join('standup', 'video', 'host')
    await turns()
    expect(call.state.phase).toBe('in')
  })
  test('uses the properties set by its creator', async () => {
    const { netcall, call } = setUp()
    netcall.room = { ...ROOM, custom: encodeRoomWord({ title: 'Monday', kind: 'audio' }) }
    call.join('standup', 'video', 'host')
    await turns()
    expect(call.state).toMatchObject({ phase: 'in', title: 'Monday', kind: 'audio', local: { camera: false } })
    expect(netcall.calls('switchMode')).toEqual([1])
  })
  test('has no stream for audience members', async () => {
    const { netcall, call } = setUp()
    call.join('standup', 'video', 'audience')
    await turns()
    expect(netcall.calls('joinChannel')).toMatchObject([{ role: 1, mode: 3 }])
    expect(call.state).toMatchObject({ role: 'audience', local: { microphone: false } })
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
    const { netcall, call } = setUp()
    netcall.failures['joinChannel'] = error
    call.join('standup', 'audio', 'host')
    await turns()
    expect(call.state).toMatchObject({ phase: 'ended', reason, cid: null, duration: 0 })
    expect(netcall.calls('createChannel')).toEqual([])
  })
  test('ends if the room cannot be created', async () => {
    const { netcall, call } = setUp()
    netcall.failures['createChannel'] = new NetcallError('timeout', 'no answer')
    call.callGroup(['bob'], 'audio')
    await turns()
    expect(reasonOf(call.state)).toBe('service-unreachable')
    expect(netcall.calls('joinChannel')).toEqual([])
  })
})

describe('late answers', () => {
  test.each(['createChannel', 'joinChannel'])('I left before %s was answered: I am in nothing', async (method) => {
    const { netcall, call } = setUp()
    const release = netcall.hold(method)
    call.callGroup(['bob'], 'video')
    await turns()
    call.hangUp()
    release()
    await turns()
    expect(reasonOf(call.state)).toBe('left')
    expect(netcall.calls('joinChannel')).toHaveLength(method === 'joinChannel' ? 1 : 0)
    expect(netcall.calls('hangup')).toHaveLength(1)
  })
  test('do not join a room that was left while it was being created', async () => {
    const { netcall, call } = setUp()
    netcall.failing['joinChannel'] = [GONE]
    const release = netcall.hold('createChannel')
    call.join('standup', 'video', 'host')
    await turns()
    call.hangUp()
    release()
    await turns()
    expect(netcall.calls('joinChannel')).toHaveLength(1)
  })
  test('do not create a room that was left before it was found missing', async () => {
    const { netcall, call } = setUp()
    netcall.failing['joinChannel'] = [GONE]
    const release = netcall.hold('joinChannel')
    call.join('standup', 'video', 'host')
    await turns()
    call.hangUp()
    release()
    await turns()
    expect(netcall.calls('createChannel')).toEqual([])
  })
  test('of one room do not affect the next one', async () => {
    const { netcall, call } = setUp()
    const release = netcall.hold('joinChannel')
    call.join('first', 'video', 'host')
    await turns()
    call.hangUp()
    netcall.room = { cid: 10, uid: 1 }
    call.join('second', 'video', 'host')
    release()
    await turns()
    expect(call.state).toMatchObject({ phase: 'in', room: 'second', cid: 10 })
  })
  test('of a failed room end neither the next one nor an invitation', async () => {
    for (const next of ['join', 'invite'] as const) {
      const { netcall, call, invite } = setUp()
      netcall.failing['joinChannel'] = [FULL]
      const release = netcall.hold('joinChannel')
      call.join('first', 'video', 'host')
      await turns()
      call.hangUp()
      if (next === 'join') call.join('second', 'video', 'host')
      else invite()
      release()
      await turns()
      expect(call.state.phase).toBe(next === 'join' ? 'in' : 'invited')
    }
  })
})
