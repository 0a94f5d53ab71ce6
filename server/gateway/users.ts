import { ROLE } from '../../miniprogram/netcall/constants'
import type { GatewayUser } from '../../miniprogram/netcall/protocol'
import type { Channel, ChannelMember, MediaSession } from '../channels/types'
import type { StreamName } from '../media/types'

/** A member's stay, which an address of a stream is made for. */
export type Holder = Pick<ChannelMember, 'uid' | 'stay'>

/** Makes signed addresses of streams; `host` is how the client reached the service, without port. */
export interface StreamUrls {
  pushUrl: (name: StreamName, holder: Holder, host: string) => string
  playUrl: (name: StreamName, holder: Holder, host: string) => string
}

/** A member that publishes: joined, and not only listening. */
export interface Publisher extends ChannelMember {
  session: MediaSession
}
export function isPublisher(member: ChannelMember): member is Publisher {
  return member.state === 'joined' && member.session?.role === ROLE.ROLE_HOST
}

/** The channel's members as one of them sees them: itself first, with where it pushes; then the others, with where it plays. */
export function userList(channel: Channel, self: ChannelMember, urls: StreamUrls, host: string): GatewayUser[] {
  const { cid } = channel
  const own = isPublisher(self) ? urls.pushUrl({ cid, uid: self.uid }, self, host) : ''
  const others = [...channel.members.values()].filter(isPublisher).filter((member) => member.uid !== self.uid)
  return [gatewayUser(cid, self, own), ...others.map((member) => playedUser(cid, member, self, urls, host))]
}

/** A member as another one sees it. */
export function playedUser(
  cid: number,
  member: Publisher,
  viewer: Holder,
  urls: StreamUrls,
  host: string,
): GatewayUser {
  return gatewayUser(cid, member, urls.playUrl({ cid, uid: member.uid }, viewer, host))
}

function gatewayUser(cid: number, { uid, account, session }: ChannelMember, url: string): GatewayUser {
  return { uid, accid: account, cid, url, mode: session?.mode ?? 0 }
}
