/** Who may publish and play, and what is recorded of a stream: read from the channels as they are at that moment. */
import { ROLE } from '../miniprogram/netcall/constants'
import type { Channels } from './channels/channels'
import { isIn, PICTURE_MODES } from './channels/live-channel'
import type { ChannelMember } from './channels/types'
import type { MediaAction, StreamName } from './media/types'
import type { Presence } from './recording/presence'
import type { RecordingSubject } from './recording/types'

/** Whom a stream's address is made for: a member, for as long as its stay lasts. */
export function holderOf({ uid, stay }: Pick<ChannelMember, 'uid' | 'stay'>): string {
  return `${uid}.${stay}`
}

/** null lets it in, a sentence refuses. */
export function authorizeMedia(
  channels: Channels,
  action: MediaAction,
  { cid, uid }: StreamName,
  holder: string,
): string | null {
  const channel = channels.get(cid)
  if (channel?.state !== 'active') return 'there is no such call under way'
  const there = [...channel.members.values()].filter(isIn)
  if (!there.some((member) => holderOf(member) === holder)) return 'you are not in the call any more'
  const session = there.find((member) => member.uid === uid)?.session
  if (!session) return 'that member is not in the call'
  if (action === 'publish' && session.role !== ROLE.ROLE_HOST) return 'an audience member does not publish'
  return null
}

/** The participant whose stream it is, and what it asked to record; null for streams outside a call. */
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

/** What a member shows of itself by its own word. */
export function presenceOf(channels: Channels, { cid, uid }: StreamName): Presence {
  const member = channels.get(cid)?.members.get(uid)
  if (!member?.session || member.state === 'left') return 'left'
  return PICTURE_MODES.includes(member.session.mode) ? 'picture' : 'sound'
}
