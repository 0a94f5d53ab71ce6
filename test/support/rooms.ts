/** Room states for tests: alice's room with bob and carol, and the test's changes. */
import type { Invitee, RoomMember, RoomState } from '../../miniprogram/call/state'
import { localMedia } from './calls'

type Of<P extends RoomState['phase']> = Extract<RoomState, { phase: P }>

const facts = { type: 'room', room: 'alice-1', title: 'Team', kind: 'video', inviter: null } as const

/** A member by its account and number. */
export function roomMember(account: string, uid: number, change: Partial<RoomMember> = {}): RoomMember {
  return {
    uid,
    account,
    url: `http://service/live/${account}.flv`,
    mode: 0,
    microphone: true,
    camera: true,
    away: false,
    network: null,
    recording: { audio: false, video: false },
    spokeAt: 0,
    ...change,
  }
}
export function ringingInvitee(account: string): Invitee {
  return { account, state: 'ringing' }
}

export function roomInvited(change: Partial<Of<'invited'>> = {}): RoomState {
  return {
    ...facts,
    phase: 'invited',
    startedAt: Date.now(),
    inviter: 'bob',
    others: ['carol'],
    local: localMedia({ url: null }),
    ...change,
  }
}
export function roomJoining(change: Partial<Of<'joining'>> = {}): RoomState {
  return {
    ...facts,
    phase: 'joining',
    startedAt: Date.now(),
    role: 'host',
    local: localMedia({ url: null }),
    invitees: [ringingInvitee('bob'), ringingInvitee('carol')],
    ...change,
  }
}
export function inRoom(change: Partial<Of<'in'>> = {}): Of<'in'> {
  return {
    ...facts,
    phase: 'in',
    startedAt: Date.now(),
    cid: 9,
    uid: 1,
    role: 'host',
    local: localMedia(),
    members: [roomMember('bob', 2), roomMember('carol', 3)],
    invitees: [],
    joinedAt: Date.now(),
    ...change,
  }
}
export function roomReconnecting(change: Partial<Of<'reconnecting'>> = {}): RoomState {
  return { ...inRoom(), phase: 'reconnecting', attempt: 1, ...change }
}
export function roomEnded(change: Partial<Of<'ended'>> = {}): RoomState {
  return { ...facts, phase: 'ended', startedAt: Date.now(), reason: 'left', cid: 9, duration: 0, ...change }
}
