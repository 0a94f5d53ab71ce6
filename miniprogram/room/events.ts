/** Events and effects of `roomTransition`. */
import type { OwnMediaEvent } from '../call/events'
import type { CallKind, LocalMedia, NetworkQuality, RecordingWish } from '../call/state'
import type { ControlCommand, NetcallMode } from '../netcall/constants'
import type { Account, Cid, MemberRef, StreamMember, Uid } from '../netcall/types'
import type { RoomMessage, RoomWord } from './messages'
import type { RoomEndReason, RoomRole, RoomState } from './state'

export type RoomEvent =
  | OwnMediaEvent
  /** Opens a group call with these invited accounts. */
  | {
      type: 'call-group'
      room: string
      title: string
      kind: CallKind
      accounts: Account[]
      local: LocalMedia
      at: number
    }
  /** Joins by name; created if missing. */
  | { type: 'join'; room: string; kind: CallKind; role: RoomRole; local: LocalMedia; at: number }
  | { type: 'accept'; camera: boolean; at: number }
  | { type: 'decline'; at: number }
  | { type: 'leave'; at: number }
  /** Invites more accounts. */
  | { type: 'invite'; accounts: Account[] }
  /** The local user speaks. */
  | { type: 'speech' }
  /** The end has been shown. */
  | { type: 'dismiss' }
  /** Not answered within 30 s. */
  | { type: 'time-out'; at: number }
  | { type: 'fail'; reason: RoomEndReason; at: number }
  | {
      type: 'be-invited'
      room: string
      title: string
      kind: CallKind
      inviter: Account
      others: Account[]
      local: LocalMedia
      /** The account is in a call. */
      busyElsewhere: boolean
      at: number
    }
  | { type: 'invite-cancelled'; room: string; by: Account; at: number }
  | { type: 'answered-elsewhere'; room: string; at: number }
  | { type: 'invitee'; room: string; account: Account; state: 'declined' | 'busy' | 'no-answer' | 'offline' }
  /** Joined. `told`: the room's properties from its creator. */
  | { type: 'joined'; cid: Cid; uid: Uid; told: RoomWord | null; at: number }
  /** Members present after joining and after each reconnect. */
  | { type: 'entered'; cid: Cid; members: StreamMember[] }
  | { type: 'member-joined'; member: StreamMember }
  | { type: 'member-mode'; cid: Cid; uid: Uid; mode: NetcallMode }
  | { type: 'member-left'; member: MemberRef }
  | { type: 'member-control'; cid: Cid; account: Account; command: ControlCommand }
  | { type: 'member-recording'; cid: Cid; account: Account; wish: RecordingWish }
  | { type: 'member-network'; cid: Cid; account: Account; quality: NetworkQuality }
  | { type: 'member-speaks'; room: string; account: Account; at: number }
  | { type: 'connection-lost'; attempt: number }
  /** The IM connection is back. Notifications sent meanwhile are lost. */
  | { type: 'im-reconnected' }
export type RoomEventOf<T extends RoomEvent['type']> = Extract<RoomEvent, { type: T }>

export type RoomEffect =
  /** Joins. `make`: whether to create the room first, only if missing, or not at all. */
  | {
      type: 'enter'
      room: string
      title: string
      kind: CallKind
      role: RoomRole
      mode: NetcallMode
      make: 'first' | 'if-missing' | 'never'
    }
  | { type: 'leave' }
  | { type: 'send'; to: Account; message: RoomMessage }
  | { type: 'say-busy'; inviter: Account; room: string; title: string; kind: CallKind; at: number }
  | { type: 'switch-mode'; mode: NetcallMode }
  | { type: 'control'; cid: Cid; command: ControlCommand }
  | { type: 'announce-recording'; cid: Cid; to: Account[]; wish: RecordingWish }
  | { type: 'announce-network'; cid: Cid; to: Account[]; quality: NetworkQuality }

export interface RoomTransition {
  state: RoomState
  effects: RoomEffect[]
}

/** No change. */
export function unchanged(state: RoomState): RoomTransition {
  return { state, effects: [] }
}
