import { EventEmitter } from 'node:events'
import {
  CODE,
  CONTROL_COMMAND,
  NETCALL_TYPE,
  SCENE,
  type CallType,
  type ControlCommand,
  type NetcallMode,
} from '../../miniprogram/netcall/constants'
import { Refusal } from '../websocket/refusal'
import type { RecordingRequest } from '../recording/types'
import type { CallEndReason } from '../store/types'
import { createCid } from './cids'
import { isIn, isMember, LiveChannel } from './live-channel'
import type { Channel, ChannelEvents, ChannelMember, MediaSession } from './types'

/** ms */
export const CHANNEL_TIMING = {
  /** Callers repeat an unanswered call every 3 s. After this time without a repetition the caller counts as lost and the ringing ends. */
  repetition: 12_000,
  /** A hangup while ringing counts as no answer after this time, as cancelled before: phones give up after 30 s by their own clocks. */
  patience: 29_000,
  /** How long the service waits for a member that has not logged in at the gateway yet. */
  entrance: 20_000,
  /** How long the service waits for a member whose media session broke: the client's 8 attempts, 5 s apart, plus a margin. */
  grace: 45_000,
  /** How long a new room may be empty. */
  emptyRoom: 60_000,
}
export type ChannelTiming = typeof CHANNEL_TIMING

/** Members that a room may have, hosts and audience together. */
export const DEFAULT_ROOM_LIMIT = 9

/** Maximum number of empty rooms per account. */
const MAX_EMPTY_ROOMS = 10

/** Maximum number of calls and rooms per account, over all its devices. */
const MAX_PLACES = 8

interface ChannelsOptions {
  uidOf: (account: string) => number
  timing?: Partial<ChannelTiming>
  roomLimit?: number
  /** Whether the number was used by an earlier channel. */
  isStored?: (cid: number) => boolean
}
export interface NewCall {
  caller: string
  /** The caller's device on the IM side. */
  device: string
  callees: string[]
  type: CallType
  custom: string
  /** Also ring callees that are offline, once they sign in. */
  forced: boolean
  /** Callees that cannot be reached now. */
  offline: readonly string[]
}

/**
 * Running calls and rooms, and all rules about them. Forbidden actions throw a `Refusal`; changes are emitted as events, whose listeners
 * must not throw. Ended channels are removed.
 */
export class Channels extends EventEmitter<ChannelEvents> {
  private readonly live = new Map<number, LiveChannel>()
  private readonly rooms = new Map<string, LiveChannel>()
  private readonly uidOf: (account: string) => number
  private readonly timing: ChannelTiming
  private readonly roomLimit: number
  private readonly isStored: (cid: number) => boolean
  private closed = false

  constructor(options: ChannelsOptions) {
    super()
    this.uidOf = options.uidOf
    this.timing = { ...CHANNEL_TIMING, ...options.timing }
    this.roomLimit = options.roomLimit ?? DEFAULT_ROOM_LIMIT
    this.isStored = options.isStored ?? (() => false)
  }

  get size(): number {
    return this.live.size
  }

  get(cid: number): Channel | undefined {
    return this.live.get(cid)?.channel
  }

  /** The running calls and rooms. */
  running(): Channel[] {
    return [...this.live.values()].map(({ channel }) => channel)
  }

  /** Whether the account is in a call or a room (not only invited). */
  isIn(account: string): boolean {
    return this.placesOf(account).length > 0
  }

  /** Calls that ring for the account or that it is in. */
  callsOf(account: string): Channel[] {
    return this.callsWhere(account, isMember)
  }

  /** Calls that ring for the account. */
  ringingFor(account: string): Channel[] {
    return this.callsWhere(account, ({ state }) => state === 'invited')
  }

  /** Answered calls of the account that it has not entered; it may have been offline at the answer. */
  answeredFor(account: string): Channel[] {
    const calls = this.callsWhere(account, ({ caller, state }) => caller && state === 'accepted')
    return calls.filter(({ state }) => state === 'active')
  }

  /** Calls that the account accepted, on any device. */
  answeredBy(account: string): Channel[] {
    return this.callsWhere(account, (member) => !member.caller && isIn(member))
  }

  /** The last media notices of the other members, for each call and room that the account is in. */
  noticesFor(account: string): { cid: number; account: string; command: ControlCommand }[] {
    return this.placesOf(account).flatMap(({ live, member }) =>
      live.noticesFor(member.uid).map((notice) => ({ cid: live.channel.cid, ...notice })),
    )
  }

  /** Begins a call. Throws 409 if the caller is in a call already, 11001 if no callee can be reached. */
  createCall(call: NewCall): Channel {
    if (call.callees.includes(call.caller)) throw new Refusal(CODE.badRequest, 'accounts: cannot call yourself')
    this.leaveBehind(call.caller)
    const { type, caller, custom } = call
    const live = this.open({ scene: SCENE.P2P, type, name: null, caller, custom })
    const member = live.addMember(caller, this.uidOf(caller), 'accepted')
    for (const callee of call.callees) live.addMember(callee, this.uidOf(callee), 'invited')
    this.emit('created', live.channel)
    if (call.offline.length > 0) this.emit('unreachable', live.channel, call.offline, call.forced)
    if (!call.forced && call.offline.length === call.callees.length) {
      this.end(live, 'offline', null)
      throw new Refusal(CODE.calleeOffline, `accounts: ${call.callees.join(', ')} is offline`)
    }
    const { device, forced } = call
    this.emit('started', live.channel, { account: caller, device, forced })
    this.awaitRepetition(live, member)
    return live.channel
  }

  /** The caller repeats its call. Returns the callees that have not answered, to be rung again. */
  repeatCall(cid: number, account: string): { channel: Channel; awaited: ChannelMember[] } {
    const { live, member } = this.find(cid, account)
    if (!member.caller) throw new Refusal(CODE.refused, 'channelId: only the caller repeats a call')
    live.absent.delete(member.uid)
    if (live.channel.state === 'ringing') this.awaitRepetition(live, member)
    const awaited = [...live.channel.members.values()].filter((callee) => callee.state === 'invited')
    return { channel: live.channel, awaited }
  }

  /** A callee's answer. Throws 409 if it was answered already (by another device). */
  answer(cid: number, account: string, accepted: boolean): Channel {
    const { live, member } = this.find(cid, account)
    if (member.state !== 'invited') {
      throw new Refusal(CODE.conflict, `channelId: call ${cid} is not waiting for your answer`)
    }
    if (accepted) this.accept(live, member)
    else this.reject(live, member)
    return live.channel
  }

  /** Leaves a call or room; rejects an invitation. Returns the member in its new state: left or rejected. */
  hangUp(cid: number, account: string): ChannelMember {
    const { live, member } = this.find(cid, account)
    if (member.state === 'invited') this.reject(live, member)
    else this.leave(live, member, this.reasonToLeave(live))
    return member
  }

  /** Whether the account may send the control command. BUSY and notices about media are remembered. */
  control(cid: number, account: string, command: ControlCommand): Channel {
    const { live, member } = this.find(cid, account)
    live.noteCommand(member, command)
    if (command === CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_BUSY && member.state === 'invited') live.busy = true
    return live.channel
  }

  /** Opens a room. Throws 409 if the name is taken. */
  createRoom(room: { name: string; account: string; custom: string }): Channel {
    if (this.rooms.has(room.name)) throw new Refusal(CODE.conflict, `channelName: room "${room.name}" already exists`)
    const empty = [...this.rooms.values()].filter(
      ({ channel }) => channel.caller === room.account && channel.state === 'ringing',
    )
    if (empty.length >= MAX_EMPTY_ROOMS) throw new Refusal(CODE.conflict, 'channelName: you have too many empty rooms')
    const { name, account: caller, custom } = room
    const type = NETCALL_TYPE.NETCALL_TYPE_AUDIO
    const live = this.open({ scene: SCENE.MEETING, type, name, caller, custom })
    this.rooms.set(name, live)
    live.deadlines.set('channel', this.timing.emptyRoom, () => this.end(live, 'room-closed', null))
    this.emit('created', live.channel)
    return live.channel
  }

  /**
   * Joins a room with a device of the IM side. `fresh`: the account was not in the room; otherwise the device takes over its session.
   * Throws 417 if the room does not exist (any more), 11090 if it is full.
   */
  joinRoom(name: string, account: string, device: string): { channel: Channel; member: ChannelMember; fresh: boolean } {
    const live = this.rooms.get(name)
    if (!live) throw new Refusal(CODE.roomGone, `channelName: room "${name}" does not exist`)
    const { channel } = live
    const uid = this.uidOf(account)
    const known = channel.members.get(uid)
    if (known && isIn(known)) {
      const older = live.replace(known, device)
      this.awaitSession(live, known, this.timing.entrance)
      this.emit('replaced', channel, known, older)
      return { channel, member: known, fresh: false }
    }
    // Includes members whose connection is lost: their sessions are kept for them.
    if ([...channel.members.values()].filter(isIn).length >= this.roomLimit) {
      throw new Refusal(CODE.roomFull, `channelName: room "${name}" is full (${this.roomLimit} members)`)
    }
    if (this.placesOf(account).length >= MAX_PLACES) {
      throw new Refusal(CODE.conflict, `channelName: you are in ${MAX_PLACES} rooms and calls; leave one first`)
    }
    const member = live.addMember(account, uid, 'accepted', device)
    if (channel.state === 'ringing') this.emit('started', channel, { account, device, forced: false })
    this.accept(live, member)
    return { channel, member, fresh: true }
  }

  /** The room that the account is in. Throws 404 if there is none of that name. */
  roomOf(name: string, account: string): Channel {
    const channel = this.rooms.get(name)?.channel
    if (!channel || !someMember(channel, account, isIn)) {
      throw new Refusal(CODE.notFound, `channelName: you are not in a room "${name}"`)
    }
    return channel
  }

  /** Begins or resumes a member's media session. Throws 417 if the channel is gone, 403 for accounts that are not in it. */
  enterSession(
    cid: number,
    uid: number,
    session: Omit<MediaSession, 'joinedAt'>,
  ): { channel: Channel; member: ChannelMember } {
    const live = this.live.get(cid)
    const member = live?.channel.members.get(uid)
    if (!live || member?.state === 'left')
      throw new Refusal(CODE.roomGone, `cid: you have left channel ${cid}, or it has ended`)
    if (!member || !isIn(member)) {
      throw new Refusal(
        CODE.refused,
        `cid: ${member?.state === 'invited' ? 'answer the call first' : 'you are not in this channel'}`,
      )
    }
    const again = member.state === 'joined'
    if (again && member.session?.role !== session.role) {
      throw new Refusal(CODE.refused, 'role: cannot change in a session; leave and join again')
    }
    live.deadlines.clear(uid)
    live.absent.delete(uid)
    member.state = 'joined'
    const recording = member.ordered ?? session.recording
    member.session = { ...session, recording, joinedAt: member.session?.joinedAt ?? Date.now() }
    live.noteMode(member.session)
    this.emit(again ? 'updated' : 'joined', live.channel, member)
    this.emit('entered', live.channel, member)
    return { channel: live.channel, member }
  }

  updateSession(cid: number, account: string, mode: NetcallMode): ChannelMember {
    const { live, member } = this.find(cid, account)
    if (!member.session) throw new Refusal(CODE.refused, 'cid: log in first')
    member.session.mode = mode
    live.noteMode(member.session)
    this.emit('updated', live.channel, member)
    return member
  }

  /** The connection of a media session broke: the service waits for the member. */
  loseSession(cid: number, uid: number): void {
    const live = this.live.get(cid)
    const member = live?.channel.members.get(uid)
    if (!live || member?.state !== 'joined') return
    live.absent.add(uid)
    this.awaitSession(live, member, this.timing.grace)
  }

  /** The account has no device left on the IM side. Calls that it had not entered yet may be replaced by a new call of the account. */
  accountGone(account: string): void {
    for (const { live, member } of this.placesOf(account)) if (member.state === 'accepted') live.absent.add(member.uid)
  }

  /** Ends a call or room for the app's server. Throws 404 if it does not run. */
  endChannel(cid: number): void {
    this.end(this.runningOne(cid), 'room-closed', null)
  }

  /** Removes a member from a room for the app's server. Throws 404 if it is not in it, 409 for a one-to-one call. */
  removeMember(cid: number, account: string): void {
    const { live, member } = this.presentIn(cid, account)
    if (!live.isRoom) throw new Refusal(CODE.conflict, `cid: ${cid} is not a room; end the call instead`)
    this.emit('removed', live.channel, member)
    this.leave(live, member, 'room-closed')
  }

  /**
   * Sets the member's recording request until the channel ends; its own requests are ignored. Throws 404 if the member is not in the
   * channel, 409 while the call rings.
   */
  orderRecording(cid: number, account: string, request: RecordingRequest): void {
    const { live, member } = this.presentIn(cid, account)
    if (live.channel.state === 'ringing') throw new Refusal(CODE.conflict, `cid: call ${cid} has not been answered`)
    member.ordered = request
    if (member.session) {
      member.session.recording = request
      this.emit('updated', live.channel, member)
    }
    this.emit('ordered', live.channel, member, request)
  }

  /** Ends all channels. No new ones can be opened. */
  close(): void {
    this.closed = true
    for (const live of this.live.values()) this.end(live, 'service-stopped', null)
  }

  private open(facts: Pick<Channel, 'scene' | 'type' | 'name' | 'caller' | 'custom'>): LiveChannel {
    if (this.closed) throw new Refusal(CODE.internal, 'the service is stopping; try again')
    const cid = createCid((one) => this.live.has(one) || this.isStored(one))
    const times = { createdAt: Date.now(), answeredAt: null }
    const live = new LiveChannel({ cid, ...facts, ...times, state: 'ringing', members: new Map() })
    this.live.set(cid, live)
    return live
  }

  private runningOne(cid: number): LiveChannel {
    const live = this.live.get(cid)
    if (live) return live
    throw new Refusal(CODE.notFound, `cid: there is no running call ${cid}`)
  }

  private presentIn(cid: number, account: string): { live: LiveChannel; member: ChannelMember } {
    const live = this.runningOne(cid)
    const member = [...live.channel.members.values()].find((one) => one.account === account && isIn(one))
    if (member) return { live, member }
    throw new Refusal(CODE.notFound, `account: "${account}" is not in call ${cid}`)
  }

  private find(cid: number, account: string): { live: LiveChannel; member: ChannelMember } {
    const live = this.live.get(cid)
    const member = live?.channel.members.get(this.uidOf(account))
    if (live && member && isMember(member)) return { live, member }
    throw new Refusal(CODE.notFound, `channelId: you have no running call ${cid}`)
  }

  private callsWhere(account: string, holds: (member: ChannelMember) => boolean): Channel[] {
    return [...this.live.values()]
      .map(({ channel }) => channel)
      .filter((channel) => channel.scene === SCENE.P2P && someMember(channel, account, holds))
  }

  /** Channels that the account is in (not only invited). */
  private placesOf(account: string): { live: LiveChannel; member: ChannelMember }[] {
    const uid = this.uidOf(account)
    return [...this.live.values()].flatMap((live) => {
      const member = live.channel.members.get(uid)
      return member && isIn(member) ? [{ live, member }] : []
    })
  }

  /** Ends what the account left behind when its app was closed. Throws 409 if it is really in a call. */
  private leaveBehind(account: string): void {
    const places = this.placesOf(account)
    if (places.some(({ live, member }) => !live.absent.has(member.uid))) {
      throw new Refusal(CODE.conflict, 'you are already in a call; hang up first')
    }
    for (const { live, member } of places) {
      this.leave(live, member, live.channel.state === 'active' && !live.isRoom ? 'lost' : this.reasonToLeave(live))
    }
  }

  private accept(live: LiveChannel, member: ChannelMember): void {
    const { channel } = live
    const first = channel.state === 'ringing'
    member.state = 'accepted'
    channel.state = 'active'
    channel.answeredAt ??= Date.now()
    live.deadlines.clear('channel')
    const waiting = first ? [...channel.members.values()].filter((one) => one.state === 'accepted') : [member]
    for (const one of waiting) this.awaitSession(live, one, this.timing.entrance)
    this.emit('answered', channel, member)
  }

  private reject(live: LiveChannel, member: ChannelMember): void {
    member.state = 'rejected'
    this.emit('rejected', live.channel, member)
    if (live.outlives(member)) return
    this.end(live, live.busy ? 'busy' : 'rejected', member.account)
  }

  private leave(live: LiveChannel, member: ChannelMember, reason: CallEndReason): void {
    live.deadlines.clear(member.uid)
    live.absent.delete(member.uid)
    member.state = 'left'
    const over = !live.outlives(member)
    this.emit('left', live.channel, member, over ? reason : null)
    member.session = null
    if (over) this.end(live, reason, member.account)
  }

  private awaitRepetition(live: LiveChannel, caller: ChannelMember): void {
    live.deadlines.set('channel', this.timing.repetition, () => this.leave(live, caller, 'lost'))
  }

  private awaitSession(live: LiveChannel, member: ChannelMember, time: number): void {
    live.deadlines.set(member.uid, time, () => this.leave(live, member, 'lost'))
  }

  /** The end reason if a member leaves on purpose. */
  private reasonToLeave({ isRoom, channel }: LiveChannel): CallEndReason {
    if (isRoom) return 'room-closed'
    if (channel.state !== 'ringing') return 'hangup'
    return Date.now() - channel.createdAt < this.timing.patience ? 'cancelled' : 'no-answer'
  }

  private end(live: LiveChannel, reason: CallEndReason, by: string | null): void {
    const { channel } = live
    if (!this.live.delete(channel.cid)) return
    if (channel.name !== null) this.rooms.delete(channel.name)
    live.deadlines.clearAll()
    channel.state = 'ended'
    this.emit('ended', channel, reason, by)
  }
}

function someMember(channel: Channel, account: string, has: (member: ChannelMember) => boolean): boolean {
  return [...channel.members.values()].some((member) => member.account === account && has(member))
}
