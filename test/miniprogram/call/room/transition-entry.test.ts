/** @jest-environment node */
/** Joining a room, and being invited. */
import { NETCALL_MODE } from '../../../../miniprogram/netcall/constants'
import type { CallEvent } from '../../../../miniprogram/call/events'
import type { RoomEndReason } from '../../../../miniprogram/call/state'
import { localMedia, talking } from '../../../support/calls'
import { inRoom, ringingInvitee, roomInvited, roomJoining } from '../../../support/rooms'
import { act, active, after, AT, CID, EVENTS, ME, streamOf } from '../transition-events'

describe('joining', () => {
  test('a group call opens its room first; invitations wait until it exists', () => {
    const { state, effects } = act({ phase: 'idle' }, EVENTS['call-group'])
    expect(state).toMatchObject({ phase: 'joining', role: 'host', inviter: null, invitees: [ringingInvitee('bob')] })
    expect(effects).toEqual([
      { type: 'enter', room: 'alice-2', title: 'alice, bob', kind: 'video', role: 'host', mode: 0, make: 'first' },
    ])
    const joined = act(state, EVENTS.joined)
    expect(joined.state).toMatchObject({ phase: 'in', cid: CID, uid: 1, joinedAt: AT, members: [] })
    const message = { type: 'room-invite', room: 'alice-2', title: 'alice, bob', kind: 'video', members: [ME, 'bob'] }
    expect(joined.effects).toEqual([{ type: 'send', to: 'bob', message }])
  })
  test('invites nobody twice, and not itself', () => {
    const state = after({ phase: 'idle' }, { ...EVENTS['call-group'], accounts: ['bob', ME, 'bob', 'carol'] })
    expect(state).toMatchObject({ invitees: [ringingInvitee('bob'), ringingInvitee('carol')] })
  })
  test('by name creates a missing room', () => {
    const { state, effects } = act({ phase: 'idle' }, EVENTS.join)
    expect(state).toMatchObject({ phase: 'joining', room: 'standup', title: 'standup', invitees: [] })
    expect(effects).toMatchObject([{ type: 'enter', room: 'standup', make: 'if-missing' }])
  })
  test('as audience publishes and records nothing, and cannot switch anything on', () => {
    const { state, effects } = act({ phase: 'idle' }, { ...EVENTS.join, role: 'audience' })
    const mode = NETCALL_MODE.NETCALL_MODE_NOAUDIO_NOVIDEO
    expect(effects).toMatchObject([{ role: 'audience', mode }])
    expect(state).toMatchObject({
      local: { microphone: false, camera: false, mode, recording: { audio: false, video: false } },
    })
    const there = after(state, EVENTS.joined, {
      ...EVENTS.entered,
      members: [streamOf(ME, 1, { url: '', mode }), streamOf('bob', 2)],
    })
    expect(active(there).local.url).toBeNull()
    expect(act(there, { type: 'microphone', on: true })).toEqual({ state: there, effects: [] })
    expect(act(there, { type: 'camera', on: true })).toEqual({ state: there, effects: [] })
  })
  test("by name takes the room's properties", () => {
    const joining = after({ phase: 'idle' }, { ...EVENTS.join, kind: 'video' })
    const state = after(joining, { ...EVENTS.joined, told: { title: 'Monday', kind: 'audio' } })
    expect(state).toMatchObject({ title: 'Monday', kind: 'audio', local: { camera: false, mode: 1 } })
    // Logged in at the gateway with video.
    const { effects } = act(state, EVENTS.entered)
    expect(effects).toContainEqual({ type: 'switch-mode', mode: 1 })
  })
  test('a video room with audio only: the camera can be switched on', () => {
    const local = localMedia({ camera: false, mode: 1 })
    const state = after(
      { phase: 'idle' },
      { ...EVENTS.join, local },
      { ...EVENTS.joined, told: { title: 'x', kind: 'video' } },
    )
    expect(state).toMatchObject({ kind: 'video', local: { camera: false, mode: 1 } })
    expect(active(after(state, { type: 'camera', on: true })).local).toMatchObject({ camera: true, mode: 0 })
  })
  test('gives members and the push URL, and announces the recording', () => {
    const joined = after({ phase: 'idle' }, EVENTS['call-group'], EVENTS.joined)
    const { state, effects } = act(joined, EVENTS.entered)
    expect(state).toMatchObject({
      phase: 'in',
      local: { url: 'http://media/alice.flv' },
      members: [{ uid: 2, account: 'bob', url: 'http://media/bob.flv', microphone: true, camera: true }],
      // Bob was invited, and is here.
      invitees: [],
    })
    expect(effects).toEqual([{ type: 'announce-recording', cid: CID, to: ['bob'], wish: { audio: true, video: true } }])
  })
  test('cancelled before it completed: nobody was invited or notified', () => {
    const { state, effects } = act(roomJoining(), EVENTS['hang-up'])
    expect(state).toMatchObject({ phase: 'ended', reason: 'left', cid: null, duration: 0 })
    expect(effects).toEqual([{ type: 'hang-up' }])
  })
})

describe('being invited', () => {
  test('rings with the other invitees', () => {
    expect(after({ phase: 'idle' }, { ...EVENTS['be-invited'], others: ['dan'] })).toMatchObject({
      phase: 'invited',
      inviter: 'erin',
      others: ['dan'],
      title: 'erin, alice',
    })
  })
  test.each([
    ['in a call', talking()],
    ['while another rings', roomInvited()],
    ['on the way into another', roomJoining()],
    ['in another', inRoom()],
  ])('%s, the inviter gets busy', (_where, state) => {
    const result = act(state, EVENTS['be-invited'])
    const busy = {
      type: 'say-busy-to-inviter',
      inviter: 'erin',
      room: 'erin-1',
      title: 'erin, alice',
      kind: 'video',
      at: AT,
    }
    expect(result).toEqual({ state, effects: [busy] })
  })
  test.each([roomInvited(), roomJoining(), inRoom()])('into the current room ($phase) is ignored', (state) => {
    expect(act(state, { ...EVENTS['be-invited'], room: 'alice-1' })).toEqual({ state, effects: [] })
  })
  test("accepted: joins without creating the room, and the account's other devices stop ringing", () => {
    const { state, effects } = act(roomInvited(), EVENTS.accept)
    expect(state).toMatchObject({ phase: 'joining', role: 'host', inviter: 'bob', local: { camera: true, mode: 0 } })
    expect(effects).toEqual([
      { type: 'send', to: ME, message: { type: 'room-answered', room: 'alice-1' } },
      { type: 'enter', room: 'alice-1', title: 'Team', kind: 'video', role: 'host', mode: 0, make: 'never' },
    ])
  })
  test('accepted without a camera', () => {
    expect(act(roomInvited(), { ...EVENTS.accept, camera: false })).toMatchObject({
      state: { local: { camera: false, mode: 1 } },
      effects: [{}, { mode: 1 }],
    })
  })
  test("declined: the inviter and the account's other devices are notified", () => {
    expect(act(roomInvited(), EVENTS.reject)).toMatchObject({
      state: { phase: 'ended', reason: 'declined', cid: null, duration: 0, inviter: 'bob' },
      effects: [
        { to: ME, message: { type: 'room-answered' } },
        { to: 'bob', message: { type: 'room-answer', answer: 'declined' } },
      ],
    })
  })
  test.each<[CallEvent, RoomEndReason]>([
    [EVENTS['time-out'], 'missed'],
    [EVENTS['invite-cancelled'], 'inviter-cancelled'],
    [EVENTS['invite-answered-elsewhere'], 'answered-elsewhere'],
  ])('$type ends it as %s, silently', (event, reason) => {
    expect(act(roomInvited(), event)).toMatchObject({ state: { phase: 'ended', reason }, effects: [] })
  })
  test.each<CallEvent>([
    { ...EVENTS['invite-cancelled'], by: 'carol' },
    { ...EVENTS['invite-cancelled'], room: 'other' },
    { ...EVENTS['invite-answered-elsewhere'], room: 'other' },
  ])('$type of another account or room changes nothing', (event) => {
    const state = roomInvited()
    expect(act(state, event)).toEqual({ state, effects: [] })
  })
})
