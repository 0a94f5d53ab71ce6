/** Calls and rooms that are under way, as both sockets see them. */
import type { EventEmitter } from 'node:events'
import type { CallType, NetcallMode, Role, Scene } from '../../miniprogram/netcall/constants'
import type { RecordingRequest } from '../recording/types'
import type { CallEndReason } from '../store/types'

/** A member's media session, from the gateway's login to its logout. */
export interface MediaSession {
  mode: NetcallMode
  role: Role
  recording: RecordingRequest
  joinedAt: number
}
export interface ChannelMember {
  account: string
  uid: number
  caller: boolean
  /** invited: rings; accepted: answered, no media yet; joined: has a media session; left. */
  state: 'invited' | 'accepted' | 'joined' | 'rejected' | 'left'
  session: MediaSession | null
  /**
   * Counts the channel's stays. One begins when somebody comes in, comes back after leaving, or takes an account's place over
   * with another device; what was given out for an earlier one (a way to the gateway, addresses of streams) is void then.
   */
  stay: number
  /** The IM side's device that came into the room; null in calls. */
  device: string | null
}
export interface Channel {
  cid: number
  scene: Scene
  /** What it was called as (a room: audio); video once anybody shows a picture. */
  type: CallType
  name: string | null
  caller: string
  custom: string
  createdAt: number
  answeredAt: number | null
  state: 'ringing' | 'active' | 'ended'
  /** By uid. */
  members: Map<number, ChannelMember>
}

/** Who began a call or room, and how. */
export interface ChannelStart {
  account: string
  device: string
  /** Rings also for callees who are offline. */
  forced: boolean
}

export interface ChannelEvents {
  created: [channel: Channel]
  /** A call rings; a room has its first member. */
  started: [channel: Channel, start: ChannelStart]
  /** A callee accepted; in a room: an account came in on the IM side. */
  answered: [channel: Channel, member: ChannelMember]
  rejected: [channel: Channel, member: ChannelMember]
  joined: [channel: Channel, member: ChannelMember]
  updated: [channel: Channel, member: ChannelMember]
  /** A media session began or was taken up again; after `joined` or `updated`. */
  entered: [channel: Channel, member: ChannelMember]
  /** An account that was in the room came in once more: its place stays, the older stay is over. */
  replaced: [channel: Channel, member: ChannelMember, olderStay: number]
  /** Went before the channel's end; those who are in at its end get no `left`. `end`: why the channel is over with that, if it is. */
  left: [channel: Channel, member: ChannelMember, end: CallEndReason | null]
  /** `by` is the account whose going ended it, null where the service did. The channel is forgotten by now. */
  ended: [channel: Channel, reason: CallEndReason, by: string | null]
}
export type ChannelEmitter = EventEmitter<ChannelEvents>
