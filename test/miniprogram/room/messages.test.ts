/** @jest-environment node */
import {
  decodeRoomMessage,
  decodeRoomWord,
  encodeRoomMessage,
  encodeRoomWord,
  type RoomMessage,
} from '../../../miniprogram/room/messages'
import { isGroupCall, nameOfGroupCall } from '../../../miniprogram/room/name'

const INVITE: RoomMessage = { type: 'room-invite', room: 'r', title: 'Team', kind: 'video', members: ['alice', 'bob'] }

test.each<RoomMessage>([
  INVITE,
  { type: 'room-cancel', room: 'r' },
  { type: 'room-answer', room: 'r', answer: 'declined' },
  { type: 'room-answer', room: 'r', answer: 'busy' },
  { type: 'room-answered', room: 'r' },
])('$type arrives as it was sent', (message) => {
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
])('%s is no message about a room', (content) => {
  expect(decodeRoomMessage(content)).toBeNull()
})

test('what is no account is nobody', () => {
  const content = JSON.stringify({ ...INVITE, members: ['alice', 7, '', null, 'bob'] })
  expect(decodeRoomMessage(content)).toEqual(INVITE)
})

test('what a room is travels with it', () => {
  expect(decodeRoomWord(encodeRoomWord({ title: 'Team', kind: 'audio' }))).toEqual({ title: 'Team', kind: 'audio' })
})
test.each([undefined, '', 'x', '{}', '{"title":"Team"}', '{"title":"","kind":"audio"}', '{"title":"Team","kind":1}'])(
  'a room that says %j of itself says nothing',
  (custom) => expect(decodeRoomWord(custom)).toBeNull(),
)

test('a group call’s room is told from one that people named', () => {
  const at = Date.parse('2026-11-22T12:00:00Z')
  expect(isGroupCall(nameOfGroupCall('alice', at), 'alice', at + 60_000)).toBe(true)
  for (const name of ['standup', 'alice', 'alice-', 'alice-meeting', 'alice-2026', nameOfGroupCall('bob', at)])
    expect(isGroupCall(name, 'alice', at)).toBe(false)
})
