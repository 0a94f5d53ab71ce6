/** Authorization of streams, and the recording of a stream, by the current state of the channels. */
import { ROLE } from '../miniprogram/netcall/constants'
import type { Channels } from './channels/channels'
import { isIn, PICTURE_MODES } from './channels/live-channel'
import type { ChannelMember } from './channels/types'
import type { MediaAction, StreamName } from './media/types'
import type { MemberState } from './recording/spool/member-log'
import type { RecordingSubject } from './recording/types'

/** The subject of a member's stream URLs: the member in its session epoch. */
export function subjectOf({ uid, epoch }: Pick<ChannelMember, 'uid' | 'epoch'>): string {
  return `${uid}.${epoch}`
}

/** Returns null to admit, or the reason for refusing. */
export function authorizeMedia(
  channels: Channels,
  action: MediaAction,
  { cid, uid }: StreamName,
  subject: string,
): string | null {
  const channel = channels.get(cid)
  if (channel?.state !== 'active') return 'no such running call'
  const there = [...channel.members.values()].filter(isIn)
  if (!there.some((member) => subjectOf(member) === subject)) return 'you have left the call'
  const session = there.find((member) => member.uid === uid)?.session
  if (!session) return 'the member is not in the call'
  if (action === 'publish' && session.role !== ROLE.ROLE_HOST) return 'audience members must not publish'
  return null
}

/** The participant of a stream with its recording request; null for streams outside of a call. */
export function recordingSubject(channels: Channels, { cid, uid }: StreamName): RecordingSubject | null {
  const channel = channels.get(cid)
  const member = channel?.members.get(uid)
  if (!channel || !member?.session) return null
  return {
    cid,
    uid,
    account: member.account,
    caller: member.caller,
    request: member.session.recording,
  }
}

/** The member's state by its own signalling: camera on, off, or left. */
export function memberStateOf(channels: Channels, { cid, uid }: StreamName): MemberState {
  const member = channels.get(cid)?.members.get(uid)
  if (!member?.session || member.state === 'left') return 'left'
  return PICTURE_MODES.includes(member.session.mode) ? 'picture' : 'sound'
}
