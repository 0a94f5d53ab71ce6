/** @jest-environment node */
import {
  isNumber,
  isOf,
  newlyInvited,
  withEveryone,
  withMember,
  withMemberCommand,
  without,
  withRinging,
} from '../../../miniprogram/room/members'
import { ringingInvitee, roomMember } from '../../support/rooms'

const stream = (account: string, uid: number, url = `http://service/live/${account}.flv`, mode: 0 | 1 | 2 | 3 = 0) => ({
  account,
  uid,
  cid: 9,
  url,
  mode,
})

test('one that comes again keeps its place and its word, and is there', () => {
  const known = roomMember('bob', 2, { away: true, network: 'weak', recording: { audio: true, video: false } })
  const members = withMember([known, roomMember('carol', 3)], stream('bob', 2, 'http://service/live/fresh.flv', 1))
  expect(members.map(({ account }) => account)).toEqual(['bob', 'carol'])
  expect(members[0]).toEqual({ ...known, url: 'http://service/live/fresh.flv', mode: 1, camera: false, away: false })
})

test('one without a stream has no address', () => {
  expect(withMember([], stream('bob', 2, '', 3))).toMatchObject([{ url: null, microphone: false, camera: false }])
})

test('those who stay keep their places, newcomers follow', () => {
  const members = withEveryone([roomMember('bob', 2), roomMember('carol', 3)], [stream('dan', 4), stream('carol', 3)])
  expect(members.map(({ account }) => account)).toEqual(['carol', 'dan'])
})

test('a command about something else gives the same object', () => {
  const member = roomMember('bob', 2)
  expect(withMemberCommand(member, 9)).toBe(member)
  expect(withMemberCommand(member, 2)).toMatchObject({ microphone: false })
})

test('who may be called', () => {
  const invitees = [ringingInvitee('carol'), { account: 'dan', state: 'busy' as const }]
  expect(newlyInvited(['alice', 'bob', 'carol', 'dan', 'dan'], 'alice', [roomMember('bob', 2)], invitees)).toEqual([
    'dan',
  ])
  expect(withRinging(invitees, ['dan'])).toEqual([ringingInvitee('carol'), ringingInvitee('dan')])
})

test('a list that loses nobody is the same list', () => {
  const invitees = [ringingInvitee('bob')]
  expect(without(invitees, 'carol')).toBe(invitees)
  expect(without(invitees, 'bob')).toEqual([])
})

test('by number and by account', () => {
  const members = [roomMember('bob', 2), roomMember('carol', 3)]
  expect([members.find(isNumber(3))?.account, members.find(isOf('bob'))?.uid]).toEqual(['carol', 2])
})
