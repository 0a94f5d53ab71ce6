import { ROLE } from '../../miniprogram/netcall/constants'
import type { GatewayUser } from '../../miniprogram/netcall/protocol'
import type { Channel, ChannelMember, MediaSession } from '../channels/types'
import type { StreamName } from '../media/types'

/** The member and session epoch that a stream URL is made for. */
type Subject = Pick<ChannelMember, 'uid' | 'epoch'>

/** Makes signed stream URLs. `host`: how the client reached the service, without port. */
export interface StreamUrls {
  pushUrl: (name: StreamName, subject: Subject, host: string) => string
  playUrl: (name: StreamName, subject: Subject, host: string) => string
}

/** A member that publishes: joined as host. */
export interface Publisher extends ChannelMember {
  session: MediaSession
}
export function isPublisher(member: ChannelMember): member is Publisher {
  return member.state === 'joined' && member.session?.role === ROLE.ROLE_HOST
}

/** The channel's members as one of them sees them: first itself with its push URL, then the others with their play URLs. */
export function userList(channel: Channel, self: ChannelMember, urls: StreamUrls, host: string): GatewayUser[] {
  const { cid } = channel
  const own = isPublisher(self) ? urls.pushUrl({ cid, uid: self.uid }, self, host) : ''
  const others = [...channel.members.values()].filter(isPublisher).filter((member) => member.uid !== self.uid)
  return [gatewayUser(cid, self, own), ...others.map((member) => playedUser(cid, member, self, urls, host))]
}

/** A member as seen by another one. */
export function playedUser(
  cid: number,
  member: Publisher,
  viewer: Subject,
  urls: StreamUrls,
  host: string,
): GatewayUser {
  return gatewayUser(cid, member, urls.playUrl({ cid, uid: member.uid }, viewer, host))
}

function gatewayUser(cid: number, { uid, account, session }: ChannelMember, url: string): GatewayUser {
  return { uid, accid: account, cid, url, mode: session?.mode ?? 0 }
}
