/** @jest-environment node */
import {
  chooseStreams,
  playerLimit,
  type StreamWish,
} from '../../../../miniprogram/pages/room/components/member-grid/streams'
import {
  isNumber,
  isOf,
  newlyInvited,
  withEveryone,
  withMember,
  withMemberCommand,
  without,
  withRinging,
} from '../../../../miniprogram/call/room/members'
import {
  decodeRoomMessage,
  decodeRoomWord,
  encodeRoomMessage,
  encodeRoomWord,
  type RoomMessage,
} from '../../../../miniprogram/call/room/messages'
import { isGroupCall, nameOfGroupCall } from '../../../../miniprogram/call/room/name'
import { ringingInvitee, roomMember } from '../../../support/rooms'

const stream = (account: string, uid: number, url = `http://service/live/${account}.flv`, mode: 0 | 1 | 2 | 3 = 0) => ({
  account,
  uid,
  cid: 9,
  url,
  mode,
})

test('a returning member keeps its position and announcements', () => {
  const known = roomMember('bob', 2, { away: true, network: 'weak', recording: { audio: true, video: false } })
  const members = withMember([known, roomMember('carol', 3)], stream('bob', 2, 'http://service/live/fresh.flv', 1))
  expect(members.map(({ account }) => account)).toEqual(['bob', 'carol'])
  expect(members[0]).toEqual({ ...known, url: 'http://service/live/fresh.flv', mode: 1, camera: false, away: false })
})

test('a member without a stream has no URL', () => {
  expect(withMember([], stream('bob', 2, '', 3))).toMatchObject([{ url: null, microphone: false, camera: false }])
})

test('remaining members keep their positions, new ones follow', () => {
  const members = withEveryone([roomMember('bob', 2), roomMember('carol', 3)], [stream('dan', 4), stream('carol', 3)])
  expect(members.map(({ account }) => account)).toEqual(['carol', 'dan'])
})

test('other commands return the same object', () => {
  const member = roomMember('bob', 2)
  expect(withMemberCommand(member, 9)).toBe(member)
  expect(withMemberCommand(member, 2)).toMatchObject({ microphone: false })
})

test('accounts that may be invited', () => {
  const invitees = [ringingInvitee('carol'), { account: 'dan', state: 'busy' as const }]
  expect(newlyInvited(['alice', 'bob', 'carol', 'dan', 'dan'], 'alice', [roomMember('bob', 2)], invitees)).toEqual([
    'dan',
  ])
  expect(withRinging(invitees, ['dan'])).toEqual([ringingInvitee('carol'), ringingInvitee('dan')])
})

test('a list without changes is the same object', () => {
  const invitees = [ringingInvitee('bob')]
  expect(without(invitees, 'carol')).toBe(invitees)
  expect(without(invitees, 'bob')).toEqual([])
})

test('are removed by number and by account', () => {
  const members = [roomMember('bob', 2), roomMember('carol', 3)]
  expect([members.find(isNumber(3))?.account, members.find(isOf('bob'))?.uid]).toEqual(['carol', 2])
})

const INVITE: RoomMessage = { type: 'room-invite', room: 'r', title: 'Team', kind: 'video', members: ['alice', 'bob'] }

test.each<RoomMessage>([
  INVITE,
  { type: 'room-cancel', room: 'r' },
  { type: 'room-answer', room: 'r', answer: 'declined' },
  { type: 'room-answer', room: 'r', answer: 'busy' },
  { type: 'room-answered', room: 'r' },
])('$type is encoded and decoded', (message) => {
  expect(decodeRoomMessage(encodeRoomMessage(message))).toEqual(message)
})

test.each([
  'no json',
  'null',
  '7',
  '[]',
  '{}',
  '{"type":"recording","cid":7,"audio":true,"video":false}',
  '{"type":"room-invite"}',
  JSON.stringify({ ...INVITE, room: '' }),
  JSON.stringify({ ...INVITE, room: 7 }),
  JSON.stringify({ ...INVITE, title: undefined }),
  JSON.stringify({ ...INVITE, title: '' }),
  JSON.stringify({ ...INVITE, kind: 'hologram' }),
  JSON.stringify({ ...INVITE, members: 'alice' }),
  JSON.stringify({ ...INVITE, members: Array.from({ length: 101 }, (_, index) => `m${index}`) }),
  '{"type":"room-answer","room":"r","answer":"maybe"}',
  '{"type":"room-dance","room":"r"}',
])('%s is not a room message', (content) => {
  expect(decodeRoomMessage(content)).toBeNull()
})

test('an invalid account is ignored', () => {
  const content = JSON.stringify({ ...INVITE, members: ['alice', 7, '', null, 'bob'] })
  expect(decodeRoomMessage(content)).toEqual(INVITE)
})

test("a room's properties are in its custom data", () => {
  expect(decodeRoomWord(encodeRoomWord({ title: 'Team', kind: 'audio' }))).toEqual({ title: 'Team', kind: 'audio' })
})
test.each([undefined, '', 'x', '{}', '{"title":"Team"}', '{"title":"","kind":"audio"}', '{"title":"Team","kind":1}'])(
  'a room that says %j of itself says nothing',
  (custom) => expect(decodeRoomWord(custom)).toBeNull(),
)

test('a generated room name is recognized', () => {
  const at = Date.parse('2026-11-22T12:00:00Z')
  expect(isGroupCall(nameOfGroupCall('alice', at), 'alice', at + 60_000)).toBe(true)
  for (const name of ['standup', 'alice', 'alice-', 'alice-meeting', 'alice-2026', nameOfGroupCall('bob', at)])
    expect(isGroupCall(name, 'alice', at)).toBe(false)
})

// Selection of streams: by priority, without needless changes.

const NOW = 1_000_000
const wish = (key: string, change: Partial<StreamWish> = {}): StreamWish => ({
  key,
  pinned: false,
  onPage: true,
  microphone: true,
  camera: true,
  spokeAt: 0,
  ...change,
})
const room = (...wishes: Array<[key: string, change?: Partial<StreamWish>]>): StreamWish[] =>
  wishes.map(([key, change]) => wish(key, change))
const choose = (wishes: StreamWish[], playing: string[], limit: number, now = NOW): string[] =>
  [...chooseStreams(wishes, new Set(playing), limit, now)].sort()

test.each([
  ['android', 'host', 5],
  ['android', 'audience', 6],
  ['ohos', 'host', 5],
  ['ios', 'host', 8],
  ['ios', 'audience', 9],
  ['windows', 'host', 8],
] as const)('%s as %s plays %i', (platform, role, limit) => {
  expect(playerLimit(platform, role)).toBe(limit)
})

const AWAY = { onPage: false }
test.each([
  ['all, where there is room for all', room(['a'], ['b', AWAY], ['c', { microphone: false, camera: false }]), 5, 'abc'],
  ['nobody, where nobody is there', [], 5, ''],
  ['the first of the page', room(['a'], ['b'], ['c']), 2, 'ab'],
  ['the page before the others', room(['a', AWAY], ['b'], ['c']), 2, 'bc'],
  ['the pinned one before all', room(['a'], ['b'], ['c', { pinned: true }]), 1, 'c'],
  ['who speaks, though on another page', room(['a'], ['b'], ['c', { ...AWAY, spokeAt: NOW - 9_000 }]), 1, 'c'],
  ['not who spoke long ago', room(['a'], ['b'], ['c', { ...AWAY, spokeAt: NOW - 10_000 }]), 1, 'a'],
  ['the last speaker first', room(['a', { spokeAt: NOW - 2 }], ['b', { spokeAt: NOW - 1 }]), 1, 'b'],
  ['sound before pictures', room(['a', { microphone: false }], ['b', { camera: false }]), 1, 'b'],
  ['pictures of the page before sound elsewhere', room(['a', AWAY], ['b', { microphone: false }]), 1, 'b'],
  ['who sends nothing last', room(['a', { microphone: false, camera: false }], ['b', AWAY]), 1, 'b'],
] as const)('%s', (_case, wishes, limit, expected) => {
  expect(choose([...wishes], [], limit).join('')).toBe(expected)
})

describe('selection of streams', () => {
  test('keeps playing streams before new ones', () => {
    expect(choose(room(['a'], ['b'], ['c'], ['d']), ['c', 'd'], 2)).toEqual(['c', 'd'])
  })
  test('keeps playing speakers if there are more than fit', () => {
    const speakers = room(['a', { spokeAt: NOW }], ['b', { spokeAt: NOW - 5_000 }], ['c', { spokeAt: NOW - 6_000 }])
    expect(choose(speakers, ['b', 'c'], 2)).toEqual(['b', 'c'])
  })
  test('replaces the stream that was silent longest', () => {
    const spoke = room(['a'], ['b'], ['c', { ...AWAY, spokeAt: NOW }])
    const playing = choose(spoke, ['a', 'b'], 2)
    expect(playing).toEqual(['a', 'c'])
    const silent = room(['a'], ['b'], ['c', { spokeAt: NOW }])
    expect(choose(silent, playing, 2, NOW + 60_000)).toEqual(['a', 'c'])
  })
  test('changes streams in an hour of nine members only for new speakers', () => {
    const spokeAt = new Map<string, number>()
    let playing: string[] = []
    let changed = 0
    let fresh = 0
    for (let second = 0; second < 3_600; second++) {
      const now = NOW + second * 1_000
      // Three take turns speaking; from the half hour on a fourth one does that was not played.
      const speaker = ['a', 'b', 'h'][Math.floor(second / 7) % (second < 1_800 ? 2 : 3)] ?? 'a'
      if (!playing.includes(speaker)) fresh++
      spokeAt.set(speaker, now)
      const wishes = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((key) =>
        wish(key, { spokeAt: spokeAt.get(key) ?? 0 }),
      )
      const next = choose(wishes, playing, 5, now)
      if (next.join() !== playing.join()) changed++
      playing = next
    }
    expect(changed).toBeLessThanOrEqual(fresh)
    expect(changed).toBe(2)
  })
})
