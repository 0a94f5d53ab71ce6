/** @jest-environment node */
/** Connection, members and local media of a room. */
import { CONTROL_COMMAND, NETCALL_MODE } from '../../../../miniprogram/netcall/constants'
import type { CallEvent } from '../../../../miniprogram/call/events'
import { localMedia } from '../../../support/calls'
import { inRoom, ringingInvitee, roomInvited, roomJoining } from '../../../support/rooms'
import { act, active, after, CID, EVENTS, LOCAL, ME, streamOf } from '../transition-events'

const awayAfter = (...events: CallEvent[]): string[] =>
  active(after(inRoom(), ...events)).members.flatMap((member) => (member.away ? [member.account] : []))

describe('the connection', () => {
  test('lost and back: members keep their places, those who left are removed, streams are new', () => {
    const lost = after(inRoom(), EVENTS['connection-lost'])
    expect(lost).toMatchObject({ phase: 'reconnecting', attempt: 1 })
    const members = [
      streamOf(ME, 1, { url: 'rtmp://media/fresh' }),
      streamOf('dan', 4),
      streamOf('carol', 3, { url: 'http://media/fresh.flv' }),
    ]
    const { state, effects } = act(lost, { type: 'entered', cid: CID, members })
    expect(state.phase).toBe('in')
    expect(active(state).members.map(({ account, url }) => [account, url])).toEqual([
      ['carol', 'http://media/fresh.flv'],
      ['dan', 'http://media/dan.flv'],
    ])
    expect(active(state).local.url).toBe('rtmp://media/fresh')
    expect(effects).toEqual([])
  })
  test('back: a member is away only if announced since the loss', () => {
    const away = {
      ...EVENTS.control,
      account: 'carol',
      command: CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_SELF_ON_BACKGROUND,
    } as const
    const entered: CallEvent = { type: 'entered', cid: CID, members: [streamOf(ME, 1), streamOf('carol', 3)] }
    expect(awayAfter(away)).toEqual(['carol'])
    expect(awayAfter(away, EVENTS['connection-lost'])).toEqual([])
    expect(awayAfter(away, EVENTS['connection-lost'], entered)).toEqual([])
    expect(awayAfter(EVENTS['connection-lost'], away, EVENTS['connection-lost'], entered)).toEqual(['carol'])
  })
  test('back: nobody is invited again', () => {
    const alone = inRoom({ members: [], invitees: [ringingInvitee('dan')], local: localMedia({ url: null }) })
    const { effects } = act(after(alone, EVENTS['connection-lost']), {
      type: 'entered',
      cid: CID,
      members: [streamOf(ME, 1)],
    })
    expect(effects).toEqual([])
  })
  test('back: local switches made meanwhile are announced once', () => {
    const lost = after(inRoom(), EVENTS['connection-lost'])
    const muted = act(lost, { type: 'microphone', on: false })
    expect(muted.effects).toEqual([])
    const away = after(muted.state, EVENTS.away)
    expect(act(away, EVENTS.entered).effects).toEqual([
      { type: 'switch-mode', mode: 2 },
      { type: 'control', cid: CID, command: CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_SELF_ON_BACKGROUND },
    ])
  })
  test('ignores the list of another session', () => {
    const state = inRoom()
    expect(act(state, { ...EVENTS.entered, cid: 77 })).toEqual({ state, effects: [] })
  })
})

test('the end has the duration in the room', () => {
  expect(after(inRoom({ joinedAt: 1_000, startedAt: 500 }), EVENTS['hang-up'])).toEqual({
    phase: 'ended',
    type: 'room',
    room: 'alice-1',
    title: 'Team',
    kind: 'video',
    inviter: null,
    startedAt: 500,
    reason: 'left',
    cid: CID,
    duration: 4_000,
  })
  // The clock was set back.
  expect(after(inRoom({ joinedAt: 9_000 }), EVENTS['hang-up'])).toMatchObject({ duration: 0 })
})

// Invited accounts, and members.

describe('invitees', () => {
  const ringing = inRoom({ invitees: [ringingInvitee('dan')] })

  test.each(['declined', 'busy', 'offline'] as const)('%s is shown', (state) => {
    const result = act(ringing, { ...EVENTS.invitee, state })
    expect(result).toMatchObject({ state: { invitees: [{ account: 'dan', state }] }, effects: [] })
  })
  test('stop ringing when they do not answer in time', () => {
    const { state, effects } = act(ringing, { ...EVENTS.invitee, state: 'no-answer' })
    expect(state).toMatchObject({ invitees: [{ account: 'dan', state: 'no-answer' }] })
    expect(effects).toEqual([{ type: 'send', to: 'dan', message: { type: 'room-cancel', room: 'alice-1' } }])
    // A later message, or one of an account that was not invited, changes nothing.
    expect(act(state, EVENTS.invitee)).toEqual({ state, effects: [] })
    expect(act(ringing, { ...EVENTS.invitee, account: 'erin' }).state).toBe(ringing)
    expect(act(ringing, { ...EVENTS.invitee, room: 'other' }).state).toBe(ringing)
  })
  test('become members when they join', () => {
    const state = active(after(ringing, EVENTS['member-joined']))
    expect(state.members.map(({ account }) => account)).toEqual(['bob', 'carol', 'dan'])
    expect(state.invitees).toEqual([])
  })
  test('can be added during the call, or again after declining; not members or ringing ones', () => {
    const state = inRoom({ invitees: [ringingInvitee('dan'), { account: 'erin', state: 'declined' }] })
    const { state: next, effects } = act(state, { type: 'invite', accounts: ['bob', 'dan', 'erin', 'frank', ME] })
    expect(active(next).invitees).toEqual(['dan', 'erin', 'frank'].map(ringingInvitee))
    const members = [ME, 'bob', 'carol', 'dan', 'erin', 'frank']
    const message = { type: 'room-invite', room: 'alice-1', title: 'Team', kind: 'video', members }
    expect(effects).toEqual(['erin', 'frank'].map((to) => ({ type: 'send', to, message })))
  })
  test.each<CallEvent>([EVENTS['hang-up'], EVENTS['room-failed']])(
    'nobody is left ringing when I go ($type)',
    (event) => {
      const { effects } = act(ringing, event)
      expect(effects).toEqual([
        { type: 'send', to: 'dan', message: { type: 'room-cancel', room: 'alice-1' } },
        { type: 'hang-up' },
      ])
    },
  )
})

describe('members', () => {
  test('are changed by their messages one at a time: the other objects stay the same', () => {
    const state = inRoom()
    for (const type of ['member-mode', 'control', 'member-recording', 'member-network'] as const) {
      const { members } = active(act(state, EVENTS[type]).state)
      expect(members[0]).not.toBe(state.members[0])
      expect(members[1]).toBe(state.members[1])
    }
  })
  test.each<[CallEvent, object]>([
    [EVENTS['member-mode'], { mode: 1, camera: false, microphone: true }],
    [EVENTS.control, { microphone: false, camera: true, mode: 2 }],
    [EVENTS['member-recording'], { recording: { audio: true, video: false } }],
    [EVENTS['member-network'], { network: 'weak' }],
    [{ ...EVENTS.control, command: CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_SELF_ON_BACKGROUND }, { away: true }],
  ])('$type', (event, member) => {
    expect(active(after(inRoom(), event)).members[0]).toMatchObject({ account: 'bob', ...member })
  })
  test('are not changed by other commands', () => {
    const state = inRoom()
    const busy = { ...EVENTS.control, command: CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_BUSY }
    expect(active(after(state, busy)).members[0]).toBe(state.members[0])
  })
  test.each(['member-joined', 'member-left'] as const)('%s of another room changes nothing', (type) => {
    const state = inRoom({ cid: 77 })
    expect(act(state, EVENTS[type])).toEqual({ state, effects: [] })
  })
  test('never include the local user', () => {
    const state = inRoom()
    expect(act(state, { type: 'member-joined', member: streamOf(ME, 1) })).toEqual({ state, effects: [] })
  })
  test('are told what the app’s server has recorded of the local user', () => {
    const state = after(inRoom({ local: localMedia() }), EVENTS['own-recording'])
    const wish = { audio: true, video: false }
    expect(active(state).local.recording).toEqual(wish)
    expect(act(state, EVENTS['member-joined']).effects).toEqual([
      { type: 'announce-recording', cid: CID, to: ['dan'], wish },
    ])
    expect(act(state, { ...EVENTS['own-recording'], cid: 77 })).toEqual({ state, effects: [] })
  })
  test('are told of the recording when they join, or announce themselves as audience', () => {
    const state = inRoom({ local: LOCAL })
    const wish = { audio: true, video: true }
    expect(act(state, EVENTS['member-joined']).effects).toEqual([
      { type: 'announce-recording', cid: CID, to: ['dan'], wish },
    ])
    const hello: CallEvent = { ...EVENTS['member-recording'], account: 'dan', wish: { audio: false, video: false } }
    expect(act(state, hello)).toEqual({ state, effects: [{ type: 'announce-recording', cid: CID, to: ['dan'], wish }] })
    const listener = roomJoining({ role: 'audience', local: localMedia({ url: null }) })
    const { effects } = act(after(listener, EVENTS.joined), EVENTS.entered)
    expect(effects).toContainEqual({
      type: 'announce-recording',
      cid: CID,
      to: ['bob'],
      wish: { audio: false, video: false },
    })
  })
  test('have no video recorded in an audio room', () => {
    const { effects } = act(inRoom({ kind: 'audio', local: LOCAL }), EVENTS['member-joined'])
    expect(effects).toMatchObject([{ wish: { audio: true, video: false } }])
  })
})

// Local microphone, camera and the like in a room.

describe('local media', () => {
  test('off and on: sent to the gateway and announced', () => {
    const off = act(inRoom(), { type: 'microphone', on: false })
    expect(off).toMatchObject({
      state: { local: { microphone: false, mode: 2 } },
      effects: [
        { type: 'switch-mode', mode: 2 },
        { type: 'control', command: CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_NOTIFY_AUDIO_OFF },
      ],
    })
    expect(act(inRoom(), EVENTS.camera)).toMatchObject({
      effects: [{ mode: 1 }, { command: CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_NOTIFY_VIDEO_OFF }],
    })
    expect(act(inRoom(), EVENTS['camera-failed'])).toMatchObject({
      state: { local: { camera: false } },
      effects: [{ mode: 1 }, { command: CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_SELF_CAMERA_INVALID }],
    })
  })
  test('both off: still in the room, without a stream', () => {
    const state = active(after(inRoom(), { type: 'microphone', on: false }, { type: 'camera', on: false }))
    expect(state).toMatchObject({ phase: 'in', local: { mode: NETCALL_MODE.NETCALL_MODE_NOAUDIO_NOVIDEO } })
  })
  test('before joining: only the initial state changes', () => {
    for (const state of [roomInvited(), roomJoining()])
      expect(act(state, { type: 'microphone', on: false })).toMatchObject({
        state: { local: { microphone: false, mode: 2 } },
        effects: [],
      })
  })
  test('no camera in an audio room', () => {
    const state = inRoom({ kind: 'audio', local: localMedia({ camera: false, mode: 1 }) })
    expect(act(state, { type: 'camera', on: true })).toEqual({ state, effects: [] })
  })
  test('away and back are announced once each', () => {
    const gone = act(inRoom(), EVENTS.away)
    expect(gone.effects).toMatchObject([{ command: CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_SELF_ON_BACKGROUND }])
    expect(act(gone.state, EVENTS.away)).toEqual({ state: gone.state, effects: [] })
    expect(act(gone.state, { type: 'away', away: false }).effects).toMatchObject([
      { command: CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_NOTIFY_AUDIO_ON },
    ])
  })
  test('away is announced again when the IM side reconnects, because it may have been lost', () => {
    const away = act(inRoom(), EVENTS.away).state
    expect(act(away, EVENTS['im-reconnected']).effects).toMatchObject([
      { command: CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_SELF_ON_BACKGROUND },
    ])
    expect(act(inRoom(), EVENTS['im-reconnected']).effects).toMatchObject([
      { command: CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_NOTIFY_AUDIO_ON },
    ])
  })
  test('the network quality is announced to each member when it changes', () => {
    const told = act(inRoom(), EVENTS.network)
    expect(told.effects).toEqual([{ type: 'announce-network', cid: CID, to: ['bob', 'carol'], quality: 'weak' }])
    expect(act(told.state, EVENTS.network)).toEqual({ state: told.state, effects: [] })
    expect(act(inRoom({ members: [] }), EVENTS.network).effects).toEqual([])
  })
  test('front and back camera', () => {
    expect(active(after(inRoom(), EVENTS.flip)).local.facing).toBe('back')
    expect(active(after(inRoom(), EVENTS.flip, EVENTS.flip)).local.facing).toBe('front')
  })
})
