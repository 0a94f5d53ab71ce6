/** What can happen to a room, and what has to be done because of it: the two sides of `roomTransition`. */
import type { OwnMediaEvent } from '../call/events'
import type { CallKind, LocalMedia, NetworkQuality, RecordingWish } from '../call/state'
import type { ControlCommand, NetcallMode } from '../netcall/constants'
import type { Account, Cid, MemberRef, StreamMember, Uid } from '../netcall/types'
import type { RoomMessage, RoomWord } from './messages'
import type { RoomEndReason, RoomRole, RoomState } from './state'

export type RoomEvent =
  | OwnMediaEvent
  /** I open a room and call these into it. */
  | {
      type: 'call-group'
      room: string
      title: string
      kind: CallKind
      accounts: Account[]
      local: LocalMedia
      at: number
    }
  /** I go in by its name; it is made where it does not exist. */
  | { type: 'join'; room: string; kind: CallKind; role: RoomRole; local: LocalMedia; at: number }
  | { type: 'accept'; camera: boolean; at: number }
  | { type: 'decline'; at: number }
  | { type: 'leave'; at: number }
  /** I call more people into the room. */
  | { type: 'invite'; accounts: Account[] }
  /** I speak. */
  | { type: 'speech' }
  /** The end has been shown. */
  | { type: 'dismiss' }
  /** 30 s without an answer of mine. */
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
      /** I am in a call. */
      busyElsewhere: boolean
      at: number
    }
  | { type: 'invite-cancelled'; room: string; by: Account; at: number }
  | { type: 'answered-elsewhere'; room: string; at: number }
  | { type: 'invitee'; room: string; account: Account; state: 'declined' | 'busy' | 'no-answer' | 'offline' }
  /** I am let in. `told`: what the room is, by the word of whoever made it. */
  | { type: 'joined'; cid: Cid; uid: Uid; told: RoomWord | null; at: number }
  /** Who is there, when I came in and after each return of the link. */
  | { type: 'entered'; cid: Cid; members: StreamMember[] }
  | { type: 'member-joined'; member: StreamMember }
  | { type: 'member-mode'; cid: Cid; uid: Uid; mode: NetcallMode }
  | { type: 'member-left'; member: MemberRef }
  | { type: 'member-control'; cid: Cid; account: Account; command: ControlCommand }
  | { type: 'member-recording'; cid: Cid; account: Account; wish: RecordingWish }
  | { type: 'member-network'; cid: Cid; account: Account; quality: NetworkQuality }
  | { type: 'member-speaks'; room: string; account: Account; at: number }
  | { type: 'link-lost'; attempt: number }
  /** The IM connection is back. Notices sent while it was down are lost. */
  | { type: 'im-reconnected' }
export type RoomEventOf<T extends RoomEvent['type']> = Extract<RoomEvent, { type: T }>

export type RoomEffect =
  /** Goes in. `make`: whether the room is made before, only where it does not exist, or not at all. */
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
  | { type: 'tell-recording'; cid: Cid; to: Account[]; wish: RecordingWish }
  | { type: 'tell-network'; cid: Cid; to: Account[]; quality: NetworkQuality }

export interface RoomTransition {
  state: RoomState
  effects: RoomEffect[]
}

/** Nothing changes. */
export function stay(state: RoomState): RoomTransition {
  return { state, effects: [] }
}
