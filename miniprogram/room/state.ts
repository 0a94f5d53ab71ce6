/** The state of a group call, for pages. It changes only by `roomTransition` (see transition.ts). */
import type { CallKind, LocalMedia, RemoteMedia } from '../call/state'
import type { Account, Cid, Uid } from '../netcall/types'

/** Default maximum of members, the local user included. */
export const ROOM_LIMIT = 9
/** Number of streams that every phone can handle, its own included: above that, Android has silent or black streams. */
export const STREAMS_EVERYWHERE = 6

/** Hosts publish; the audience only plays. */
export type RoomRole = 'host' | 'audience'

/** End reasons of a room. Each has a text. */
export type RoomEndReason =
  | 'left'
  | 'declined'
  | 'missed'
  | 'inviter-cancelled'
  | 'answered-elsewhere'
  | 'room-full'
  | 'room-closed'
  /** The connection came back after the room was left. */
  | 'room-gone'
  /** Another device of the account joined. */
  | 'replaced'
  | 'kicked'
  | 'refused'
  | 'connection-lost'
  | 'service-unreachable'
  | 'too-often'
  | 'service-stopped'
  | 'microphone-refused'
  | 'failed'

/** Another member; audience members have no stream. */
export interface RoomMember extends RemoteMedia {
  uid: Uid
  account: Account
  /** When it last announced that it speaks, ms; 0 if never. Members that play its stream hear it. */
  spokeAt: number
}

/** An invited account that has not joined. */
export interface Invitee {
  account: Account
  state: 'ringing' | 'declined' | 'busy' | 'no-answer' | 'offline'
}

interface RoomFacts {
  /** The channel's name. */
  room: string
  title: string
  kind: CallKind
  /** When it began to ring, or joining began, ms. */
  startedAt: number
  /** The inviter; null if created or joined by name. */
  inviter: Account | null
}
interface InRoom extends RoomFacts {
  cid: Cid
  uid: Uid
  role: RoomRole
  local: LocalMedia
  /** In joining order. */
  members: readonly RoomMember[]
  invitees: readonly Invitee[]
  joinedAt: number
}

export type RoomState =
  | { phase: 'idle' }
  /** An incoming invitation; `others`: invited accounts and members. */
  | (RoomFacts & { phase: 'invited'; inviter: Account; others: readonly Account[]; local: LocalMedia })
  | (RoomFacts & { phase: 'joining'; role: RoomRole; local: LocalMedia; invitees: readonly Invitee[] })
  | (InRoom & { phase: 'in' })
  | (InRoom & { phase: 'reconnecting'; attempt: number })
  | (RoomFacts & {
      phase: 'ended'
      reason: RoomEndReason
      /** Null if the service never assigned one. */
      cid: Cid | null
      /** Time from joining to the end, ms; 0 if it never joined. */
      duration: number
    })

export type RoomPhase = RoomState['phase']
export type BusyRoom = Exclude<RoomState, { phase: 'idle' | 'ended' }>
export type ActiveRoom = Extract<RoomState, { phase: 'in' | 'reconnecting' }>

/** Whether a room of any kind is active; a call is then busy. */
export function isRoomBusy(state: RoomState): state is BusyRoom {
  return state.phase !== 'idle' && state.phase !== 'ended'
}
/** Whether the user is in the room. */
export function isInRoom(state: RoomState): state is ActiveRoom {
  return state.phase === 'in' || state.phase === 'reconnecting'
}
