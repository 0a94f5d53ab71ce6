/** Running calls and rooms, as used by signalling and gateway. */
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
   * Session epoch, counted per channel. A new one begins when a member joins, rejoins after leaving, or another device takes over; tickets
   * and stream URLs of earlier epochs are void.
   */
  epoch: number
  /** The device of the IM side that joined the room; null in calls. */
  device: string | null
  /** Recording request from the app's server, used instead of the member's own; null: none. */
  ordered: RecordingRequest | null
}
export interface Channel {
  cid: number
  scene: Scene
  /** The type at the start (a room: audio); video once a member sends video. */
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

/** The account that began a call or room, and how it rings. */
export interface ChannelStart {
  account: string
  device: string
  /** Also ring callees that are offline. */
  forced: boolean
}

export interface ChannelEvents {
  created: [channel: Channel]
  /** Callees are offline: they are not rung, or once they sign in (`forced`). Emitted after `created`. */
  unreachable: [channel: Channel, accounts: readonly string[], forced: boolean]
  /** A call rings; a room has its first member. */
  started: [channel: Channel, start: ChannelStart]
  /** A callee accepted; in a room: an account joined on the IM side. */
  answered: [channel: Channel, member: ChannelMember]
  rejected: [channel: Channel, member: ChannelMember]
  joined: [channel: Channel, member: ChannelMember]
  updated: [channel: Channel, member: ChannelMember]
  /** A media session began or was resumed; emitted after `joined` or `updated`. */
  entered: [channel: Channel, member: ChannelMember]
  /** An account that is in the room joined again: it keeps its place, its older session ends. */
  replaced: [channel: Channel, member: ChannelMember, olderEpoch: number]
  /** The app's server set the member's recording request. */
  ordered: [channel: Channel, member: ChannelMember, request: RecordingRequest]
  /** The app's server removes a member from a room; emitted before `left`. */
  removed: [channel: Channel, member: ChannelMember]
  /**
   * A member left before the channel's end; members that are in at its end get no `left`. `end`: the channel's end reason if it ends with
   * this, else null.
   */
  left: [channel: Channel, member: ChannelMember, end: CallEndReason | null]
  /** `by`: the account whose leaving ended it, null if the service did. The channel is already removed. */
  ended: [channel: Channel, reason: CallEndReason, by: string | null]
}
