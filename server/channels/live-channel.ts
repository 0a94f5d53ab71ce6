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

/** A channel under way with what only its keeper needs to know. */
export class LiveChannel {
  /** A callee said that they are in another call. */
  busy = false
  /** Uids of members whose link is gone, and may come back. */
  readonly absent = new Set<number>()
  /** By uid: how long a member without media is waited for. `channel`: how long it may ring, or a room be empty. */
  readonly deadlines = new Deadlines<number | 'channel'>()

  private stays = 0
  /** By uid. */
  private readonly notices = new Map<number, Map<string, ControlCommand>>()

  constructor(readonly channel: Channel) {}

  get isRoom(): boolean {
    return this.channel.scene === SCENE.MEETING
  }

  addMember(account: string, uid: number, state: 'invited' | 'accepted', device: string | null = null): ChannelMember {
    const caller = account === this.channel.caller
    const member: ChannelMember = { account, uid, caller, state, session: null, stay: ++this.stays, device }
    this.channel.members.set(uid, member)
    return member
  }

  /** The member's place goes over to another device, which has not logged in yet. Gives the stay that ends. */
  replace(member: ChannelMember, device: string): number {
    const older = member.stay
    member.stay = ++this.stays
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

  /** A call or room in which somebody shows a picture is one with video from then on, whatever it began as. */
  noteMode({ mode, role }: MediaSession): void {
    if (role === ROLE.ROLE_HOST && PICTURE_MODES.includes(mode)) this.channel.type = NETCALL_TYPE.NETCALL_TYPE_VIDEO
  }

  /** Whether the channel goes on after the member has gone: not without its caller, nor without a second one to talk to. */
  outlives(gone: ChannelMember): boolean {
    const others = [...this.channel.members.values()].filter((member) => member !== gone)
    if (this.isRoom) return others.some(isIn)
    if (gone.caller) return false
    const awaited = this.channel.state === 'ringing'
    return others.some((member) => !member.caller && (isIn(member) || (awaited && member.state === 'invited')))
  }
}

/** Answered and still there, with or without media. */
export function isIn(member: ChannelMember): boolean {
  return member.state === 'accepted' || member.state === 'joined'
}
/** A part of the channel still: in it, or asked to come. */
export function isMember(member: ChannelMember): boolean {
  return isIn(member) || member.state === 'invited'
}
