/** The state of a room, which is a call of several: what pages show. It changes only by `roomTransition` (see transition.ts). */
import type { CallKind, LocalMedia, RemoteMedia } from '../call/state'
import type { Account, Cid, Uid } from '../netcall/types'

/** As many as a room holds, me included, where the service does not say otherwise. */
export const ROOM_LIMIT = 9
/** Streams at once that every phone carries, its own included: Android falls silent or black beyond. */
export const STREAMS_EVERYWHERE = 6

/** A host publishes; the audience only plays. */
export type RoomRole = 'host' | 'audience'

/** Why a room is over for me. Each has its own sentence in the dictionary. */
export type RoomEndReason =
  | 'left'
  | 'declined'
  | 'missed'
  | 'inviter-cancelled'
  | 'answered-elsewhere'
  | 'room-full'
  | 'room-closed'
  /** My connection came back when the room was over for me. */
  | 'room-gone'
  /** Another device of mine came in. */
  | 'replaced'
  | 'kicked'
  | 'refused'
  | 'connection-lost'
  | 'service-unreachable'
  | 'too-often'
  | 'service-stopped'
  | 'microphone-refused'
  | 'failed'

/** Somebody else in the room; the audience has no stream. */
export interface RoomMember extends RemoteMedia {
  uid: Uid
  account: Account
  /** When it last said that it speaks, ms; 0 for never. Those who play its stream hear it themselves. */
  spokeAt: number
}

/** Somebody who was called into the room and is not in it. */
export interface Invitee {
  account: Account
  state: 'ringing' | 'declined' | 'busy' | 'no-answer' | 'offline'
}

export interface RoomFacts {
  /** The channel's name. */
  room: string
  title: string
  kind: CallKind
  /** When it began to ring or I went in, ms. */
  startedAt: number
  /** Who called me into it; null where I made it, or came by its name. */
  inviter: Account | null
}
interface InRoom extends RoomFacts {
  cid: Cid
  uid: Uid
  role: RoomRole
  local: LocalMedia
  /** In the order of their coming. */
  members: readonly RoomMember[]
  invitees: readonly Invitee[]
  joinedAt: number
}

export type RoomState =
  | { phase: 'idle' }
  /** Somebody calls me into a room; `others` are those called with me, and in it. */
  | (RoomFacts & { phase: 'invited'; inviter: Account; others: readonly Account[]; local: LocalMedia })
  | (RoomFacts & { phase: 'joining'; role: RoomRole; local: LocalMedia; invitees: readonly Invitee[] })
  | (InRoom & { phase: 'in' })
  | (InRoom & { phase: 'reconnecting'; attempt: number })
  | (RoomFacts & {
      phase: 'ended'
      reason: RoomEndReason
      /** null where the service never gave it a number. */
      cid: Cid | null
      /** ms from coming in to the end; 0 when I never was in. */
      duration: number
    })

export type RoomPhase = RoomState['phase']
export type BusyRoom = Exclude<RoomState, { phase: 'idle' | 'ended' }>
export type ActiveRoom = Extract<RoomState, { phase: 'in' | 'reconnecting' }>

/** Whether a room of any kind is under way (a call is then busy). */
export function isRoomBusy(state: RoomState): state is BusyRoom {
  return state.phase !== 'idle' && state.phase !== 'ended'
}
/** Whether I am in the room. */
export function isInRoom(state: RoomState): state is ActiveRoom {
  return state.phase === 'in' || state.phase === 'reconnecting'
}
