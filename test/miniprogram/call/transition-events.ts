/** One of each event of alice's calls, and its results. */
import type { StreamMember } from '../../../miniprogram/netcall/types'
import type { CallEvent, EventOf, Transition } from '../../../miniprogram/call/events'
import { isInRoom, type ActiveRoom, type CallState } from '../../../miniprogram/call/state'
import { transition } from '../../../miniprogram/call/transition'
import { localMedia } from '../../support/calls'

export const ME = 'alice'
export const CID = 9
export const AT = 5_000
export const LOCAL = localMedia({ url: null, recording: { audio: true, video: true } })

export const act = (state: CallState, event: CallEvent): Transition => transition(state, event, ME)
export const after = (state: CallState, ...events: CallEvent[]): CallState =>
  events.reduce((present, event) => act(present, event).state, state)
export const active = (state: CallState): ActiveRoom => {
  if (isInRoom(state)) return state
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

export const EVENTS: { [T in CallEvent['type']]: EventOf<T> } = {
  call: { type: 'call', peer: 'erin', kind: 'video', local: LOCAL, keepCalling: false, at: AT },
  'be-calling': {
    type: 'be-calling',
    caller: 'erin',
    cid: 70,
    kind: 'video',
    local: LOCAL,
    peerRecords: false,
    givesWay: false,
    at: AT,
  },
  placed: { type: 'placed', cid: CID },
  'call-accepted': { type: 'call-accepted', peer: 'bob', cid: CID, at: AT },
  'call-rejected': { type: 'call-rejected', peer: 'bob', at: AT },
  'response-sent': { type: 'response-sent' },
  'answered-elsewhere': { type: 'answered-elsewhere', cid: CID, accepted: true, at: AT },
  'peer-hang-up': { type: 'peer-hang-up', cid: CID, at: AT },
  'call-failed': { type: 'call-failed', reason: 'failed', at: AT },
  'ask-video': { type: 'ask-video' },
  'answer-video': { type: 'answer-video', agree: true },
  'video-request-over': { type: 'video-request-over' },
  'switch-to-audio': { type: 'switch-to-audio' },
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
  invite: { type: 'invite', accounts: ['dan'] },
  speech: { type: 'speech' },
  'room-failed': { type: 'room-failed', reason: 'failed', at: AT },
  'be-invited': {
    type: 'be-invited',
    room: 'erin-1',
    title: 'erin, alice',
    kind: 'video',
    inviter: 'erin',
    others: [],
    local: LOCAL,
    at: AT,
  },
  'invite-cancelled': { type: 'invite-cancelled', room: 'alice-1', by: 'bob', at: AT },
  'invite-answered-elsewhere': { type: 'invite-answered-elsewhere', room: 'alice-1', at: AT },
  invitee: { type: 'invitee', room: 'alice-1', account: 'dan', state: 'declined' },
  joined: { type: 'joined', cid: CID, uid: 1, told: null, at: AT },
  'member-left': { type: 'member-left', member: { uid: 2, account: 'bob', cid: CID } },
  'member-speaks': { type: 'member-speaks', room: 'alice-1', account: 'bob', at: AT },
  accept: { type: 'accept', camera: true, at: AT },
  reject: { type: 'reject', at: AT },
  'hang-up': { type: 'hang-up', at: AT },
  microphone: { type: 'microphone', on: false },
  camera: { type: 'camera', on: false },
  'camera-failed': { type: 'camera-failed' },
  flip: { type: 'flip' },
  speaker: { type: 'speaker', on: false },
  away: { type: 'away', away: true },
  network: { type: 'network', quality: 'weak' },
  dismiss: { type: 'dismiss' },
  'time-out': { type: 'time-out', at: AT },
  entered: { type: 'entered', cid: CID, members: [streamOf(ME, 1), streamOf('bob', 2)] },
  'member-joined': { type: 'member-joined', member: streamOf('dan', 4) },
  'member-mode': { type: 'member-mode', cid: CID, uid: 2, mode: 1 },
  'own-recording': { type: 'own-recording', cid: CID, wish: { audio: true, video: false } },
  'member-recording': { type: 'member-recording', cid: CID, account: 'bob', wish: { audio: true, video: false } },
  'member-network': { type: 'member-network', cid: CID, account: 'bob', quality: 'weak' },
  control: { type: 'control', cid: CID, account: 'bob', command: 2, at: AT },
  'connection-lost': { type: 'connection-lost', attempt: 1 },
  'im-reconnected': { type: 'im-reconnected' },
}
export type EventType = keyof typeof EVENTS
