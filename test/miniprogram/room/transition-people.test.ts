/** @jest-environment node */
/** Who is called into the room, and who is in it. */
import { CONTROL_COMMAND } from '../../../miniprogram/netcall/constants'
import type { RoomEvent } from '../../../miniprogram/room/events'
import { localMedia } from '../../support/calls'
import { inRoom, ringingInvitee, roomJoining } from '../../support/rooms'
import { act, active, after, CID, EVENTS, LOCAL, ME, streamOf } from './happenings'

describe('who is called', () => {
  const ringing = inRoom({ invitees: [ringingInvitee('dan')] })

  test.each(['declined', 'busy', 'offline'] as const)('%s is shown', (state) => {
    const result = act(ringing, { ...EVENTS.invitee, state })
    expect(result).toMatchObject({ state: { invitees: [{ account: 'dan', state }] }, effects: [] })
  })
  test('who does not answer in time rings no longer', () => {
    const { state, effects } = act(ringing, { ...EVENTS.invitee, state: 'no-answer' })
    expect(state).toMatchObject({ invitees: [{ account: 'dan', state: 'no-answer' }] })
    expect(effects).toEqual([{ type: 'send', to: 'dan', message: { type: 'room-cancel', room: 'alice-1' } }])
    // A word that comes after that, or of somebody who was not called, changes nothing.
    expect(act(state, EVENTS.invitee)).toEqual({ state, effects: [] })
    expect(act(ringing, { ...EVENTS.invitee, account: 'erin' }).state).toBe(ringing)
    expect(act(ringing, { ...EVENTS.invitee, room: 'other' }).state).toBe(ringing)
  })
  test('who comes in is a member', () => {
    const state = active(after(ringing, EVENTS['member-joined']))
    expect(state.members.map(({ account }) => account)).toEqual(['bob', 'carol', 'dan'])
    expect(state.invitees).toEqual([])
  })
  test('more are called mid-call, and again who had refused; not who is in or rings', () => {
    const state = inRoom({ invitees: [ringingInvitee('dan'), { account: 'erin', state: 'declined' }] })
    const { state: next, effects } = act(state, { type: 'invite', accounts: ['bob', 'dan', 'erin', 'frank', ME] })
    expect(active(next).invitees).toEqual(['dan', 'erin', 'frank'].map(ringingInvitee))
    const members = [ME, 'bob', 'carol', 'dan', 'erin', 'frank']
    const message = { type: 'room-invite', room: 'alice-1', title: 'Team', kind: 'video', members }
    expect(effects).toEqual(['erin', 'frank'].map((to) => ({ type: 'send', to, message })))
  })
  test.each<RoomEvent>([EVENTS.leave, EVENTS.fail])('nobody is left ringing when I go ($type)', (event) => {
    const { effects } = act(ringing, event)
    expect(effects).toEqual([
      { type: 'send', to: 'dan', message: { type: 'room-cancel', room: 'alice-1' } },
      { type: 'leave' },
    ])
  })
})

describe('members', () => {
  test('what one says changes that one: the others are the same objects', () => {
    const state = inRoom()
    for (const type of ['member-mode', 'member-control', 'member-recording', 'member-network'] as const) {
      const { members } = active(act(state, EVENTS[type]).state)
      expect(members[0]).not.toBe(state.members[0])
      expect(members[1]).toBe(state.members[1])
    }
  })
  test.each<[RoomEvent, object]>([
    [EVENTS['member-mode'], { mode: 1, camera: false, microphone: true }],
    [EVENTS['member-control'], { microphone: false, camera: true, mode: 2 }],
    [EVENTS['member-recording'], { recording: { audio: true, video: false } }],
    [EVENTS['member-network'], { network: 'weak' }],
    [
      { ...EVENTS['member-control'], command: CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_SELF_ON_BACKGROUND },
      { away: true },
    ],
  ])('$type', (event, member) => {
    expect(active(after(inRoom(), event)).members[0]).toMatchObject({ account: 'bob', ...member })
  })
  test('a command about something else leaves the member as it is', () => {
    const state = inRoom()
    const busy = { ...EVENTS['member-control'], command: CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_BUSY }
    expect(active(after(state, busy)).members[0]).toBe(state.members[0])
  })
  test.each(['member-joined', 'member-left'] as const)('%s of another room changes nothing', (type) => {
    const state = inRoom({ cid: 77 })
    expect(act(state, EVENTS[type])).toEqual({ state, effects: [] })
  })
  test('I am no member of my own list', () => {
    const state = inRoom()
    expect(act(state, { type: 'member-joined', member: streamOf(ME, 1) })).toEqual({ state, effects: [] })
  })
  test('who joins hears that I record; a listener, who has no stream, when it says that it came', () => {
    const state = inRoom({ local: LOCAL })
    const wish = { audio: true, video: true }
    expect(act(state, EVENTS['member-joined']).effects).toEqual([
      { type: 'tell-recording', cid: CID, to: ['dan'], wish },
    ])
    const hello: RoomEvent = { ...EVENTS['member-recording'], account: 'dan', wish: { audio: false, video: false } }
    expect(act(state, hello)).toEqual({ state, effects: [{ type: 'tell-recording', cid: CID, to: ['dan'], wish }] })
    const listener = roomJoining({ role: 'audience', local: localMedia({ url: null }) })
    const { effects } = act(after(listener, EVENTS.joined), EVENTS.entered)
    expect(effects).toContainEqual({
      type: 'tell-recording',
      cid: CID,
      to: ['bob'],
      wish: { audio: false, video: false },
    })
  })
  test('a picture is not recorded in a room of sound alone', () => {
    const { effects } = act(inRoom({ kind: 'audio', local: LOCAL }), EVENTS['member-joined'])
    expect(effects).toMatchObject([{ wish: { audio: true, video: false } }])
  })
})
