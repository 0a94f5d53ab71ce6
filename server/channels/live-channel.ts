import {
  CONTROL_COMMAND,
  NETCALL_MODE,
  NETCALL_TYPE,
  ROLE,
  SCENE,
  type ControlCommand,
  type NetcallMode,
} from '../../miniprogram/netcall/constants'
import { Deadlines } from './deadlines'
import type { Channel, ChannelMember, MediaSession } from './types'

export const PICTURE_MODES: readonly NetcallMode[] = [
  NETCALL_MODE.NETCALL_MODE_AUDIO_VIDEO,
  NETCALL_MODE.NETCALL_MODE_ONLY_VIDEO,
]

/** Control commands that announce a state of the sender's media. One replaces an earlier one about the same. */
const NOTICES: Partial<Record<ControlCommand, 'microphone' | 'camera' | 'away'>> = {
  [CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_NOTIFY_AUDIO_ON]: 'microphone',
  [CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_NOTIFY_AUDIO_OFF]: 'microphone',
  [CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_NOTIFY_VIDEO_ON]: 'camera',
  [CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_NOTIFY_VIDEO_OFF]: 'camera',
  [CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_SELF_CAMERA_INVALID]: 'camera',
  [CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_SELF_ON_BACKGROUND]: 'away',
}

/** A running channel with the state that only `Channels` needs. */
export class LiveChannel {
  /** A callee sent BUSY. */
  busy = false
  /** Uids of members whose connection is lost and that may come back. */
  readonly absent = new Set<number>()
  /** By uid: deadline for a member without media. `channel`: deadline for ringing, or for an empty room. */
  readonly deadlines = new Deadlines<number | 'channel'>()

  private epochs = 0
  /** By uid. */
  private readonly notices = new Map<number, Map<string, ControlCommand>>()

  constructor(readonly channel: Channel) {}

  get isRoom(): boolean {
    return this.channel.scene === SCENE.MEETING
  }

  addMember(account: string, uid: number, state: 'invited' | 'accepted', device: string | null = null): ChannelMember {
    const caller = account === this.channel.caller
    const ordered = this.channel.members.get(uid)?.ordered ?? null
    const epoch = ++this.epochs
    const member: ChannelMember = { account, uid, caller, state, session: null, epoch, device, ordered }
    this.channel.members.set(uid, member)
    return member
  }

  /** Another device, which has not logged in yet, takes over the member. Returns the epoch that ends. */
  replace(member: ChannelMember, device: string): number {
    const older = member.epoch
    member.epoch = ++this.epochs
    member.device = device
    member.state = 'accepted'
    this.absent.delete(member.uid)
    return older
  }

  /** Stores a member's media notice, to be repeated to members whose IM connection was down. */
  noteCommand({ uid }: ChannelMember, command: ControlCommand): void {
    const about = NOTICES[command]
    if (about === undefined) return
    const own = this.notices.get(uid) ?? new Map<string, ControlCommand>()
    // A notice about a device also ends `away`, and `away` comes after those about devices.
    own.delete('away')
    own.set(about, command)
    this.notices.set(uid, own)
  }

  /** The last media notices of the other members in the channel. */
  noticesFor(uid: number): { account: string; command: ControlCommand }[] {
    const others = [...this.channel.members.values()].filter((member) => member.uid !== uid && isIn(member))
    return others.flatMap(({ account, uid: sender }) =>
      [...(this.notices.get(sender)?.values() ?? [])].map((command) => ({ account, command })),
    )
  }

  /** Once a member sends video, a call or room counts as a video call, even if it began with audio. */
  noteMode({ mode, role }: MediaSession): void {
    if (role === ROLE.ROLE_HOST && PICTURE_MODES.includes(mode)) this.channel.type = NETCALL_TYPE.NETCALL_TYPE_VIDEO
  }

  /** Whether the channel continues without the member: a call needs its caller and one more member. */
  outlives(gone: ChannelMember): boolean {
    const others = [...this.channel.members.values()].filter((member) => member !== gone)
    if (this.isRoom) return others.some(isIn)
    if (gone.caller) return false
    const awaited = this.channel.state === 'ringing'
    return others.some((member) => !member.caller && (isIn(member) || (awaited && member.state === 'invited')))
  }
}

/** Accepted and still in, with or without media. */
export function isIn(member: ChannelMember): boolean {
  return member.state === 'accepted' || member.state === 'joined'
}
/** In the channel, or invited. */
export function isMember(member: ChannelMember): boolean {
  return isIn(member) || member.state === 'invited'
}
