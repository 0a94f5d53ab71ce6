/** Who else is in a room, and who was called into it. */
import { withCommand } from '../call/peer-media'
import { hasPicture, hasSound } from '../call/mode'
import type { ControlCommand } from '../netcall/constants'
import type { Account, StreamMember, Uid } from '../netcall/types'
import type { Invitee, RoomMember } from './state'

/** A member as the gateway tells it. The one that comes again keeps its place, and what it said of itself. */
export function withMember(members: readonly RoomMember[], { uid, account, url, mode }: StreamMember): RoomMember[] {
  const known = members.find((member) => member.uid === uid)
  const member: RoomMember = {
    uid,
    account,
    url: url === '' ? null : url,
    mode,
    microphone: hasSound(mode),
    camera: hasPicture(mode),
    away: false,
    network: known?.network ?? null,
    recording: known?.recording ?? { audio: false, video: false },
    spokeAt: known?.spokeAt ?? 0,
  }
  return known ? members.map((other) => (other === known ? member : other)) : [...members, member]
}

/** Who is there after I came in (again): those who went meanwhile are gone, the others keep their places. */
export function withEveryone(members: readonly RoomMember[], present: readonly StreamMember[]): RoomMember[] {
  const staying = members.filter(({ uid }) => present.some((other) => other.uid === uid))
  // The word that somebody is away may come before: by the other connection.
  const away = new Set(staying.filter((member) => member.away).map(({ uid }) => uid))
  return present
    .reduce<RoomMember[]>(withMember, staying)
    .map((member) => (away.has(member.uid) ? { ...member, away: true } : member))
}

/** One member changed; the others are the same objects, so that only its tile is set anew. */
export function change(
  members: readonly RoomMember[],
  is: (member: RoomMember) => boolean,
  how: (member: RoomMember) => RoomMember,
): readonly RoomMember[] {
  return members.some(is) ? members.map((member) => (is(member) ? how(member) : member)) : members
}
/** What a member says of its media; itself when it is about something else. */
export function withMemberCommand(member: RoomMember, command: ControlCommand): RoomMember {
  return withCommand(member, command) ?? member
}
export function accountsOf(members: readonly RoomMember[]): Account[] {
  return members.map(({ account }) => account)
}
export function isOf(account: Account): (member: RoomMember) => boolean {
  return (member) => member.account === account
}
export const isAway = ({ away }: RoomMember): boolean => away
export function isNumber(uid: Uid): (member: RoomMember) => boolean {
  return (member) => member.uid === uid
}

/** Who is called now: those who are in, or ring already, are left out; who had refused is called again. */
export function newlyInvited(
  accounts: readonly Account[],
  me: Account,
  members: readonly RoomMember[],
  invitees: readonly Invitee[],
): Account[] {
  const taken = new Set([
    me,
    ...members.map(({ account }) => account),
    ...invitees.filter(({ state }) => state === 'ringing').map(({ account }) => account),
  ])
  return [...new Set(accounts)].filter((account) => !taken.has(account))
}
export function ringingIn(invitees: readonly Invitee[]): Account[] {
  return invitees.filter(({ state }) => state === 'ringing').map(({ account }) => account)
}
export function withRinging(invitees: readonly Invitee[], accounts: readonly Account[]): Invitee[] {
  const ringing = accounts.map((account): Invitee => ({ account, state: 'ringing' }))
  return [...invitees.filter(({ account }) => !accounts.includes(account)), ...ringing]
}
export function without(invitees: readonly Invitee[], account: Account): readonly Invitee[] {
  return invitees.some((invitee) => invitee.account === account)
    ? invitees.filter((invitee) => invitee.account !== account)
    : invitees
}
