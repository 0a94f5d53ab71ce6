/** The state machine of group calls: pure, so that every path can be tested without WeChat. */
import type { Account } from '../../netcall/types'
import {
  unchanged,
  type CallEffect,
  type CallEvent,
  type EventOf,
  type OneToOneEvent,
  type Transition,
} from '../events'
import { withDevices } from '../mode'
import { withMode } from '../peer-media'
import {
  isBusy,
  isBusyRoom,
  isInRoom,
  STREAMS_EVERYWHERE,
  wishIn,
  type ActiveRoom,
  type BusyRoom,
  type CallState,
  type Invitee,
  type LocalMedia,
  type RoomEndReason,
  type RoomMember,
  type RoomRole,
} from '../state'
import { mediaNotice, onOwnMedia, ownNotices } from './local-media-effects'
import {
  accountsOf,
  change,
  isAway,
  isNumber,
  isOf,
  newlyInvited,
  ringingIn,
  withEveryone,
  withMember,
  withMemberCommand,
  without,
  withRinging,
} from './members'

/** The next state and the effects. Events that do not fit the state are ignored. `me`: the local account. */
export function roomTransition(state: CallState, event: CallEvent, me: Account): Transition {
  switch (event.type) {
    case 'call-group':
      return onCallGroup(state, event, me)
    case 'join':
      return onJoin(state, event)
    case 'be-invited':
      return onBeInvited(state, event)
    case 'accept':
      return onAccept(state, event, me)
    case 'reject':
      return state.phase === 'invited'
        ? end(state, 'declined', event.at, answers(state, me, 'declined'))
        : unchanged(state)
    case 'time-out':
      return state.phase === 'invited' ? end(state, 'missed', event.at) : unchanged(state)
    case 'invite-cancelled':
      return state.phase === 'invited' && state.room === event.room && state.inviter === event.by
        ? end(state, 'inviter-cancelled', event.at)
        : unchanged(state)
    case 'invite-answered-elsewhere':
      return state.phase === 'invited' && state.room === event.room
        ? end(state, 'answered-elsewhere', event.at)
        : unchanged(state)
    case 'hang-up':
      return onLeave(state, event.at)
    case 'room-failed':
      return onFail(state, event)
    case 'joined':
      return onJoined(state, event, me)
    case 'entered':
      return onEntered(state, event, me)
    case 'connection-lost':
      return onConnectionLost(state, event)
    case 'im-reconnected':
      return state.phase === 'in' ? { state, effects: [mediaNotice(state.cid, state.local)] } : unchanged(state)
    case 'invite':
      return onInvite(state, event.accounts, me)
    case 'invitee':
      return onInvitee(state, event)
    case 'member-joined':
      return onMemberJoined(state, event.member, me)
    case 'member-left':
      return isInRoom(state) && state.cid === event.member.cid
        ? withMembers(
            state,
            state.members.filter(({ uid }) => uid !== event.member.uid),
          )
        : unchanged(state)
    case 'member-mode':
      return changeMember(state, event.cid, isNumber(event.uid), (member) => withMode(member, event.mode))
    case 'control':
      return changeMember(state, event.cid, isOf(event.account), (member) => withMemberCommand(member, event.command))
    case 'own-recording':
      return isInRoom(state) && state.cid === event.cid
        ? { state: { ...state, local: { ...state.local, recording: event.wish } }, effects: [] }
        : unchanged(state)
    case 'member-recording':
      return onMemberRecording(state, event)
    case 'member-network':
      return changeMember(state, event.cid, isOf(event.account), (member) => ({ ...member, network: event.quality }))
    case 'speech':
      return onSpeech(state)
    case 'member-speaks':
      return isInRoom(state) && state.room === event.room
        ? changeMember(state, state.cid, isOf(event.account), (member) => ({ ...member, spokeAt: event.at }))
        : unchanged(state)
    case 'microphone':
    case 'camera':
    case 'camera-failed':
    case 'flip':
    case 'speaker':
    case 'away':
    case 'network':
      return onOwnMedia(state, event)
    default:
      return ignore(state, event)
  }
}

/** The parameter's type makes every other event need a case. */
function ignore(state: CallState, _event: OneToOneEvent | EventOf<'dismiss'>): Transition {
  return unchanged(state)
}

function end(state: BusyRoom, reason: RoomEndReason, at: number, effects: CallEffect[] = []): Transition {
  const { room, title, kind, startedAt, inviter } = state
  const [cid, duration] = isInRoom(state) ? [state.cid, Math.max(0, at - state.joinedAt)] : [null, 0]
  return {
    state: { phase: 'ended', type: 'room', room, title, kind, startedAt, inviter, reason, cid, duration },
    effects,
  }
}

function onCallGroup(state: CallState, event: EventOf<'call-group'>, me: Account): Transition {
  if (isBusy(state)) return unchanged(state)
  const { room, title, kind, local, at } = event
  const invitees = withRinging([], newlyInvited(event.accounts, me, [], []))
  return {
    state: {
      phase: 'joining',
      type: 'room',
      room,
      title,
      kind,
      startedAt: at,
      inviter: null,
      role: 'host',
      local,
      invitees,
    },
    effects: [{ type: 'enter', room, title, kind, role: 'host', mode: local.mode, make: 'first' }],
  }
}

function onJoin(state: CallState, event: EventOf<'join'>): Transition {
  if (isBusy(state)) return unchanged(state)
  const { room, kind, role, at } = event
  const local = asRole(event.local, role)
  const facts = { type: 'room', room, title: room, kind, startedAt: at, inviter: null } as const
  return {
    state: { phase: 'joining', ...facts, role, local, invitees: [] },
    effects: [{ type: 'enter', room, title: room, kind, role, mode: local.mode, make: 'if-missing' }],
  }
}

function onBeInvited(state: CallState, event: EventOf<'be-invited'>): Transition {
  const { room, title, kind, inviter, others, local, at } = event
  // The room that already rings, or the current one.
  if (isBusyRoom(state) && state.room === room) return unchanged(state)
  if (isBusy(state)) {
    return { state, effects: [{ type: 'say-busy-to-inviter', inviter, room, title, kind, at }] }
  }
  return {
    state: { phase: 'invited', type: 'room', room, title, kind, startedAt: at, inviter, others, local },
    effects: [],
  }
}

function onAccept(state: CallState, event: EventOf<'accept'>, me: Account): Transition {
  if (state.phase !== 'invited') return unchanged(state)
  const { room, title, kind, startedAt, inviter } = state
  const local = withDevices(state.local, { camera: state.local.camera && event.camera })
  return {
    state: { phase: 'joining', type: 'room', room, title, kind, startedAt, inviter, role: 'host', local, invitees: [] },
    effects: [
      { type: 'send', to: me, message: { type: 'room-answered', room } },
      { type: 'enter', room, title, kind, role: 'host', mode: local.mode, make: 'never' },
    ],
  }
}

/** The account's other devices stop ringing, and the inviter is notified. */
function answers(state: Extract<BusyRoom, { phase: 'invited' }>, me: Account, answer: 'declined'): CallEffect[] {
  const { room, inviter } = state
  return [
    { type: 'send', to: me, message: { type: 'room-answered', room } },
    { type: 'send', to: inviter, message: { type: 'room-answer', room, answer } },
  ]
}

function onLeave(state: CallState, at: number): Transition {
  if (state.phase !== 'joining' && !isInRoom(state)) return unchanged(state)
  return end(state, 'left', at, goodbye(state))
}

function onFail(state: CallState, { reason, at }: EventOf<'room-failed'>): Transition {
  if (!isBusyRoom(state)) return unchanged(state)
  return state.phase === 'invited' ? end(state, reason, at) : end(state, reason, at, goodbye(state))
}

/** Invitations are cancelled; nobody was invited before joining. */
function goodbye(state: Exclude<BusyRoom, { phase: 'invited' }>): CallEffect[] {
  const { room } = state
  const ringing = isInRoom(state) ? ringingIn(state.invitees) : []
  const cancels = ringing.map((to): CallEffect => ({ type: 'send', to, message: { type: 'room-cancel', room } }))
  return [...cancels, { type: 'hang-up' }]
}

/** The room exists: its properties are known, and the selected accounts are invited now. */
function onJoined(state: CallState, { cid, uid, told, at }: EventOf<'joined'>, me: Account): Transition {
  if (state.phase !== 'joining') return unchanged(state)
  const { title, kind } = told ?? state
  // An audio room shows no video, whatever the local media are.
  const local = kind === 'audio' ? withDevices(state.local, { camera: false }) : state.local
  const next: ActiveRoom = { ...state, phase: 'in', title, kind, local, cid, uid, members: [], joinedAt: at }
  return { state: next, effects: invitations(next, ringingIn(state.invitees), me) }
}

/** Clears `away` of all members: its end may have been missed while disconnected. */
function onConnectionLost(state: CallState, { attempt }: EventOf<'connection-lost'>): Transition {
  if (!isInRoom(state)) return unchanged(state)
  const members =
    state.phase === 'in' ? change(state.members, isAway, (member) => ({ ...member, away: false })) : state.members
  return { state: { ...state, phase: 'reconnecting', attempt, members }, effects: [] }
}

function onEntered(state: CallState, event: EventOf<'entered'>, me: Account): Transition {
  if (!isInRoom(state) || state.cid !== event.cid) return unchanged(state)
  const { room, title, kind, startedAt, inviter, cid, uid, role, invitees, joinedAt } = state
  const self = event.members.find((member) => member.account === me)
  const members = withEveryone(
    state.members,
    event.members.filter((member) => member.account !== me),
  )
  const local = { ...state.local, url: role === 'host' ? (self?.url ?? null) : null }
  return {
    state: {
      phase: 'in',
      type: 'room',
      room,
      title,
      kind,
      startedAt,
      inviter,
      cid,
      uid,
      role,
      local,
      members,
      invitees: invitees.filter(({ account }) => !members.some(isOf(account))),
      joinedAt,
    },
    effects: [...ownNotices(cid, local, self), ...announceRecording(state, accountsOf(members))],
  }
}

/** Invites these accounts, which are among its invitees already. */
function invitations(room: ActiveRoom, accounts: readonly Account[], me: Account): CallEffect[] {
  const { title, kind, members, invitees } = room
  const everyone = [me, ...members.map(({ account }) => account), ...ringingIn(invitees)]
  return accounts.map((to) => ({
    type: 'send',
    to,
    message: { type: 'room-invite', room: room.room, title, kind, members: everyone },
  }))
}

function onInvite(state: CallState, accounts: Account[], me: Account): Transition {
  if (state.phase !== 'in') return unchanged(state)
  const called = newlyInvited(accounts, me, state.members, state.invitees)
  if (called.length === 0) return unchanged(state)
  const next = { ...state, invitees: withRinging(state.invitees, called) }
  return { state: next, effects: invitations(next, called, me) }
}

function onInvitee(state: CallState, event: EventOf<'invitee'>): Transition {
  if ((state.phase !== 'joining' && !isInRoom(state)) || state.room !== event.room) return unchanged(state)
  const rings = (invitee: Invitee): boolean => invitee.account === event.account && invitee.state === 'ringing'
  if (!state.invitees.some(rings)) return unchanged(state)
  const invitees = state.invitees.map((invitee) => (rings(invitee) ? { ...invitee, state: event.state } : invitee))
  // An account that did not answer in time may still be ringing.
  const effects: CallEffect[] =
    event.state === 'no-answer'
      ? [{ type: 'send', to: event.account, message: { type: 'room-cancel', room: state.room } }]
      : []
  return { state: { ...state, invitees }, effects }
}

function onMemberJoined(state: CallState, member: EventOf<'member-joined'>['member'], me: Account): Transition {
  if (!isInRoom(state) || state.cid !== member.cid || member.account === me) return unchanged(state)
  const members = withMember(state.members, member)
  return {
    state: { ...state, members, invitees: without(state.invitees, member.account) },
    effects: announceRecording(state, [member.account]),
  }
}

function withMembers(state: ActiveRoom, members: readonly RoomMember[]): Transition {
  return { state: { ...state, members }, effects: [] }
}

function changeMember(
  state: CallState,
  cid: number,
  is: (member: RoomMember) => boolean,
  how: (member: RoomMember) => RoomMember,
): Transition {
  if (!isInRoom(state) || state.cid !== cid) return unchanged(state)
  const members = change(state.members, is, how)
  return members === state.members ? unchanged(state) : withMembers(state, members)
}

/** Audience members publish nothing; this message announces them, so that they learn what is recorded. */
function onMemberRecording(state: CallState, { cid, account, wish }: EventOf<'member-recording'>): Transition {
  if (!isInRoom(state) || state.cid !== cid) return unchanged(state)
  if (!state.members.some(isOf(account))) return { state, effects: announceRecording(state, [account]) }
  return changeMember(state, cid, isOf(account), (member) => ({ ...member, recording: wish }))
}

/** If every phone plays all streams, speech is not announced. */
function onSpeech(state: CallState): Transition {
  if (state.phase !== 'in' || state.role === 'audience' || !state.local.microphone) return unchanged(state)
  const { room, members } = state
  const streams = 1 + members.filter(({ url }) => url !== null).length
  if (streams <= STREAMS_EVERYWHERE) return unchanged(state)
  const told = accountsOf(members).map((to): CallEffect => ({
    type: 'send',
    to,
    message: { type: 'room-speaks', room },
  }))
  return { state, effects: told }
}

function asRole(local: LocalMedia, role: RoomRole): LocalMedia {
  if (role === 'host') return local
  return { ...withDevices(local, { microphone: false, camera: false }), recording: { audio: false, video: false } }
}

/** Members that are recorded announce it to new members. */
function announceRecording({ cid, kind, role, local }: ActiveRoom, to: Account[]): CallEffect[] {
  const wish = wishIn(kind, local.recording)
  const says = wish.audio || wish.video || wish.mainSpeaker || role === 'audience'
  return says && to.length > 0 ? [{ type: 'announce-recording', cid, to, wish }] : []
}
