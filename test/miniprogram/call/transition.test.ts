/** @jest-environment node */
/** Every event in every phase, and the two types of call. */
import type { CallState } from '../../../miniprogram/call/state'
import { connecting, ended, incoming, outgoing, reconnecting, talking } from '../../support/calls'
import { inRoom, ringingInvitee, roomEnded, roomInvited, roomJoining, roomReconnecting } from '../../support/rooms'
import { act, AT, CID, EVENTS, type EventType } from './transition-events'

const OWN_MEDIA: EventType[] = ['microphone', 'camera', 'camera-failed', 'flip', 'speaker', 'away']
const BEGINNINGS: EventType[] = ['call', 'be-calling', 'call-group', 'join', 'be-invited']
/** Rejected as busy. */
const OTHER_CALLS: EventType[] = ['be-calling', 'be-invited']
const PEER: EventType[] = ['entered', 'member-mode', 'member-recording', 'own-recording', 'member-network', 'control']
const CONNECTED: EventType[] = [
  ...OWN_MEDIA,
  ...OTHER_CALLS,
  ...PEER,
  'network',
  'hang-up',
  'peer-hang-up',
  'call-failed',
  'im-reconnected',
]
const MEMBERS: EventType[] = [...PEER, 'invitee', 'member-joined', 'member-left', 'member-speaks']

/** Events with an effect, by phase; all others must keep the state. */
const FITS: Array<[string, CallState, EventType[]]> = [
  ['idle', { phase: 'idle' }, BEGINNINGS],
  [
    'outgoing',
    outgoing({ cid: CID }),
    [
      ...OWN_MEDIA,
      ...OTHER_CALLS,
      'placed',
      'call-accepted',
      'call-rejected',
      'hang-up',
      'peer-hang-up',
      'time-out',
      'call-failed',
    ],
  ],
  [
    'incoming',
    incoming({ cid: CID }),
    [...OWN_MEDIA, ...OTHER_CALLS, 'accept', 'reject', 'answered-elsewhere', 'peer-hang-up', 'time-out', 'call-failed'],
  ],
  [
    'connecting',
    connecting({ cid: CID, direction: 'incoming' }),
    [...CONNECTED, 'response-sent', 'answered-elsewhere', 'switch-to-audio'],
  ],
  ['talking', talking({ cid: CID }), [...CONNECTED, 'connection-lost', 'switch-to-audio']],
  [
    'talking, asked for video',
    talking({ cid: CID, kind: 'audio', videoRequest: 'asked' }),
    [
      ...CONNECTED.filter((type) => type !== 'camera'),
      'connection-lost',
      'ask-video',
      'answer-video',
      'video-request-over',
    ],
  ],
  ['reconnecting', reconnecting({ cid: CID, attempt: 2 }), [...CONNECTED, 'connection-lost', 'switch-to-audio']],
  ['ended', ended({ cid: CID }), [...BEGINNINGS, 'dismiss']],
  [
    'invited',
    roomInvited(),
    [
      ...OWN_MEDIA,
      ...OTHER_CALLS,
      'accept',
      'reject',
      'time-out',
      'room-failed',
      'invite-cancelled',
      'invite-answered-elsewhere',
    ],
  ],
  [
    'joining a room',
    roomJoining({ invitees: [ringingInvitee('dan')] }),
    [...OWN_MEDIA, ...OTHER_CALLS, 'hang-up', 'room-failed', 'invitee', 'joined'],
  ],
  [
    'in a room',
    inRoom({ invitees: [ringingInvitee('dan')] }),
    [
      ...OWN_MEDIA,
      ...OTHER_CALLS,
      ...MEMBERS,
      'hang-up',
      'room-failed',
      'network',
      'connection-lost',
      'im-reconnected',
    ],
  ],
  [
    'reconnecting to a room',
    roomReconnecting({ attempt: 2, invitees: [ringingInvitee('dan')] }),
    [...OWN_MEDIA, ...OTHER_CALLS, ...MEMBERS, 'hang-up', 'room-failed', 'network', 'connection-lost'],
  ],
  ['after a room', roomEnded(), [...BEGINNINGS, 'dismiss']],
]

const TYPES = Object.keys(EVENTS).filter((type): type is EventType => type in EVENTS)

describe.each(FITS)('%s', (_phase, state, fits) => {
  test.each(TYPES)('%s', (type) => {
    const result = act(state, EVENTS[type])
    const changed = result.state !== state || result.effects.length > 0
    expect(changed).toBe(fits.includes(type))
  })
})

describe('a call and a room exclude each other', () => {
  test.each([roomInvited(), roomJoining(), inRoom(), roomReconnecting()])(
    'in a room ($phase), a caller gets busy and no call is placed',
    (state) => {
      expect(act(state, EVENTS['be-calling'])).toEqual({
        state,
        effects: [{ type: 'say-busy', caller: 'erin', cid: 70, kind: 'video' }],
      })
      expect(act(state, EVENTS.call)).toEqual({ state, effects: [] })
    },
  )
  test('in a room, a ring with its channel id is rejected, too', () => {
    const state = inRoom()
    expect(act(state, { ...EVENTS['be-calling'], cid: state.cid }).effects).toMatchObject([{ type: 'say-busy' }])
  })
  test.each([outgoing(), incoming(), connecting(), talking(), reconnecting()])(
    'in a call ($phase), an inviter gets busy and no room is joined',
    (state) => {
      expect(act(state, EVENTS['be-invited'])).toEqual({
        state,
        effects: [
          {
            type: 'say-busy-to-inviter',
            inviter: 'erin',
            room: 'erin-1',
            title: 'erin, alice',
            kind: 'video',
            at: AT,
          },
        ],
      })
      for (const type of ['call-group', 'join'] as const)
        expect(act(state, EVENTS[type])).toEqual({ state, effects: [] })
    },
  )
  test('the end of one is replaced by the other', () => {
    expect(act(ended(), EVENTS['be-invited']).state).toMatchObject({ type: 'room', phase: 'invited' })
    expect(act(ended(), EVENTS.join).state).toMatchObject({ type: 'room', phase: 'joining' })
    expect(act(roomEnded(), EVENTS['be-calling']).state).toMatchObject({ type: 'one-to-one', phase: 'incoming' })
    expect(act(roomEnded(), EVENTS.call).state).toMatchObject({ type: 'one-to-one', phase: 'outgoing' })
  })
})
