/** Other members of a room, and invited accounts. */
import { withCommand } from '../peer-media'
import { hasPicture, hasSound } from '../mode'
import type { ControlCommand } from '../../netcall/constants'
import type { Account, StreamMember, Uid } from '../../netcall/types'
import type { Invitee, RoomMember } from '../state'

/** A member from the gateway. A returning member keeps its position and its announcements. */
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

/** Members after (re)joining: those who left are removed, the others keep their positions. */
export function withEveryone(members: readonly RoomMember[], present: readonly StreamMember[]): RoomMember[] {
  const staying = members.filter(({ uid }) => present.some((other) => other.uid === uid))
  // An away announcement may arrive first, on the other connection.
  const away = new Set(staying.filter((member) => member.away).map(({ uid }) => uid))
  return present
    .reduce<RoomMember[]>(withMember, staying)
    .map((member) => (away.has(member.uid) ? { ...member, away: true } : member))
}

/** One member changed; the other objects stay the same, so that only its tile is set. */
export function change(
  members: readonly RoomMember[],
  is: (member: RoomMember) => boolean,
  how: (member: RoomMember) => RoomMember,
): readonly RoomMember[] {
  return members.some(is) ? members.map((member) => (is(member) ? how(member) : member)) : members
}
/** The member after its media announcement; unchanged for other messages. */
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

/** Accounts to invite: without those in the room or ringing; those that rejected are invited again. */
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
