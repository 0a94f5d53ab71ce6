/** One of each event of alice's room, and its results. */
import type { StreamMember } from '../../../miniprogram/netcall/types'
import type { RoomEffect, RoomEvent, RoomEventOf } from '../../../miniprogram/room/events'
import type { ActiveRoom, RoomState } from '../../../miniprogram/room/state'
import { roomTransition } from '../../../miniprogram/room/transition'
import { localMedia } from '../../support/calls'

export const ME = 'alice'
export const CID = 9
export const AT = 5_000
export const LOCAL = localMedia({ url: null, recording: { audio: true, video: true } })

export const act = (state: RoomState, event: RoomEvent): { state: RoomState; effects: RoomEffect[] } =>
  roomTransition(state, event, ME)
export const after = (state: RoomState, ...events: RoomEvent[]): RoomState =>
  events.reduce((present, event) => act(present, event).state, state)
export const active = (state: RoomState): ActiveRoom => {
  if (state.phase === 'in' || state.phase === 'reconnecting') return state
  throw new Error(`I am not in the room: ${state.phase}`)
}
export const streamOf = (account: string, uid: number, change: Partial<StreamMember> = {}): StreamMember => ({
  account,
  uid,
  cid: CID,
  url: `http://media/${account}.flv`,
  mode: 0,
  ...change,
})

export const EVENTS: { [T in RoomEvent['type']]: RoomEventOf<T> } = {
  'call-group': {
    type: 'call-group',
    room: 'alice-2',
    title: 'alice, bob',
    kind: 'video',
    accounts: ['bob'],
    local: LOCAL,
    at: AT,
  },
  join: { type: 'join', room: 'standup', kind: 'audio', role: 'host', local: LOCAL, at: AT },
  accept: { type: 'accept', camera: true, at: AT },
  decline: { type: 'decline', at: AT },
  leave: { type: 'leave', at: AT },
  invite: { type: 'invite', accounts: ['dan'] },
  microphone: { type: 'microphone', on: false },
  camera: { type: 'camera', on: false },
  'camera-failed': { type: 'camera-failed' },
  flip: { type: 'flip' },
  speaker: { type: 'speaker', on: false },
  away: { type: 'away', away: true },
  network: { type: 'network', quality: 'weak' },
  speech: { type: 'speech' },
  dismiss: { type: 'dismiss' },
  'time-out': { type: 'time-out', at: AT },
  fail: { type: 'fail', reason: 'failed', at: AT },
  'be-invited': {
    type: 'be-invited',
    room: 'erin-1',
    title: 'erin, alice',
    kind: 'video',
    inviter: 'erin',
    others: [],
    local: LOCAL,
    busyElsewhere: false,
    at: AT,
  },
  'invite-cancelled': { type: 'invite-cancelled', room: 'alice-1', by: 'bob', at: AT },
  'answered-elsewhere': { type: 'answered-elsewhere', room: 'alice-1', at: AT },
  invitee: { type: 'invitee', room: 'alice-1', account: 'dan', state: 'declined' },
  joined: { type: 'joined', cid: CID, uid: 1, told: null, at: AT },
  entered: { type: 'entered', cid: CID, members: [streamOf(ME, 1), streamOf('bob', 2)] },
  'member-joined': { type: 'member-joined', member: streamOf('dan', 4) },
  'member-mode': { type: 'member-mode', cid: CID, uid: 2, mode: 1 },
  'member-left': { type: 'member-left', member: { uid: 2, account: 'bob', cid: CID } },
  'member-control': { type: 'member-control', cid: CID, account: 'bob', command: 2 },
  'member-recording': { type: 'member-recording', cid: CID, account: 'bob', wish: { audio: true, video: false } },
  'member-network': { type: 'member-network', cid: CID, account: 'bob', quality: 'weak' },
  'member-speaks': { type: 'member-speaks', room: 'alice-1', account: 'bob', at: AT },
  'connection-lost': { type: 'connection-lost', attempt: 1 },
  'im-reconnected': { type: 'im-reconnected' },
}
export type EventType = keyof typeof EVENTS
