/** @jest-environment node */
/** Every event in every phase of a room. */
import { CONTROL_COMMAND } from '../../../miniprogram/netcall/constants'
import type { RoomState } from '../../../miniprogram/room/state'
import { localMedia } from '../../support/calls'
import { inRoom, ringingInvitee, roomEnded, roomInvited, roomJoining, roomReconnecting } from '../../support/rooms'
import { act, active, after, CID, EVENTS, ME, streamOf, type EventType } from './happenings'

const OWN_MEDIA: EventType[] = ['microphone', 'camera', 'camera-failed', 'flip', 'speaker', 'away']
const OTHERS: EventType[] = [
  'invitee',
  'entered',
  'member-joined',
  'member-mode',
  'member-left',
  'member-control',
  'member-recording',
  'member-network',
  'member-speaks',
]
/** What changes something, by phase; everything else must leave the state as it is. */
const FITS: Array<[RoomState, EventType[]]> = [
  [{ phase: 'idle' }, ['call-group', 'join', 'be-invited']],
  [
    roomInvited(),
    [...OWN_MEDIA, 'accept', 'decline', 'time-out', 'fail', 'be-invited', 'invite-cancelled', 'answered-elsewhere'],
  ],
  [
    roomJoining({ invitees: [ringingInvitee('dan')] }),
    [...OWN_MEDIA, 'leave', 'fail', 'be-invited', 'invitee', 'joined'],
  ],
  [
    inRoom({ invitees: [ringingInvitee('dan')] }),
    [...OWN_MEDIA, ...OTHERS, 'leave', 'fail', 'network', 'be-invited', 'link-lost'],
  ],
  [
    roomReconnecting({ attempt: 2, invitees: [ringingInvitee('dan')] }),
    [...OWN_MEDIA, ...OTHERS, 'leave', 'fail', 'network', 'be-invited', 'link-lost'],
  ],
  [roomEnded(), ['call-group', 'join', 'be-invited', 'dismiss']],
]

const TYPES = Object.keys(EVENTS).filter((type): type is EventType => type in EVENTS)

describe.each(FITS)('$phase', (state, fits) => {
  test.each(TYPES)('%s', (type) => {
    const result = act(state, EVENTS[type])
    const changed = result.state !== state || result.effects.length > 0
    expect(changed).toBe(fits.includes(type))
  })
})

describe('the link', () => {
  test('lost and back: members keep their places, those who went are gone, streams are fresh', () => {
    const lost = after(inRoom(), EVENTS['link-lost'])
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
  test('nobody is called anew by a return', () => {
    const alone = inRoom({ members: [], invitees: [ringingInvitee('dan')], local: localMedia({ url: null }) })
    const { effects } = act(after(alone, EVENTS['link-lost']), {
      type: 'entered',
      cid: CID,
      members: [streamOf(ME, 1)],
    })
    expect(effects).toEqual([])
  })
  test('what I switched meanwhile is told on the return, once', () => {
    const lost = after(inRoom(), EVENTS['link-lost'])
    const muted = act(lost, { type: 'microphone', on: false })
    expect(muted.effects).toEqual([])
    const away = after(muted.state, EVENTS.away)
    expect(act(away, EVENTS.entered).effects).toEqual([
      { type: 'switch-mode', mode: 2 },
      { type: 'control', cid: CID, command: CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_SELF_ON_BACKGROUND },
    ])
  })
  test('the list of another session changes nothing', () => {
    const state = inRoom()
    expect(act(state, { ...EVENTS.entered, cid: 77 })).toEqual({ state, effects: [] })
  })
})

test('the end tells how long I was in', () => {
  expect(after(inRoom({ joinedAt: 1_000, startedAt: 500 }), EVENTS.leave)).toEqual({
    phase: 'ended',
    room: 'alice-1',
    title: 'Team',
    kind: 'video',
    inviter: null,
    startedAt: 500,
    reason: 'left',
    cid: CID,
    duration: 4_000,
  })
  // A clock that was set back.
  expect(after(inRoom({ joinedAt: 9_000 }), EVENTS.leave)).toMatchObject({ duration: 0 })
})
