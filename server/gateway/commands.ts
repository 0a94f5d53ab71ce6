import { CODE, ROLE, SCENE } from '../../miniprogram/netcall/constants'
import {
  KICK_REASON,
  type GatewayLogin,
  type GatewayMethod,
  type GatewayMethods,
  type GatewayUser,
} from '../../miniprogram/netcall/protocol'
import type { Channels } from '../channels/channels'
import { isIn } from '../channels/live-channel'
import type { Channel, ChannelMember } from '../channels/types'
import { Refusal } from '../links/refusal'
import type { RecordingRequest } from '../recording/types'
import type { MediaLink, Seat } from './media-link'
import { recordTypeOf } from './schemas'
import type { Seats } from './seats'
import { isPublisher, playedUser, userList, type StreamUrls } from './users'

export interface GatewayContext extends StreamUrls {
  channels: Channels
  seats: Seats
}

/** What an answer has beside its code. */
export type CommandAnswer<M extends GatewayMethod> = Omit<GatewayMethods[M]['answer'], 'code' | 'errmsg'>
/** Does a request of one link; throws a `Refusal` where it does not. */
export type Command<M extends GatewayMethod> = (link: MediaLink, body: GatewayMethods[M]['body']) => CommandAnswer<M>
export type Commands = { [M in GatewayMethod]: Command<M> }

export function gatewayCommands(context: GatewayContext): Commands {
  const { channels, seats } = context

  const usersFor = (channel: Channel, self: ChannelMember, link: MediaLink): GatewayUser[] =>
    userList(channel, self, context, link.address.hostname)

  return {
    login(link, login) {
      if (link.seat) throw new Refusal(CODE.conflict, 'this link is logged in already')
      checkWishes(link, login)
      checkPlace(link, login, channels)
      const { cid, uid, accid: account, mode, role = ROLE.ROLE_HOST } = login
      const published = channels.get(cid)?.members.get(uid)?.session?.role === ROLE.ROLE_HOST
      const { channel, member } = channels.enterSession(cid, uid, { mode, role, recording: recordingRequest(login) })
      seats.take({ cid, uid, account, stay: member.stay }, link)
      // After a reconnect too: the others need a fresh address of the stream.
      if (isPublisher(member)) {
        const bodyFor = (viewer: Seat, { address }: MediaLink) =>
          playedUser(cid, member, viewer, context, address.hostname)
        seats.pushEach(cid, 'clientJoin', bodyFor, uid)
      } else if (published) {
        // Another device took the place over, and only listens.
        seats.push(cid, 'clientLeave', { uid, accid: account, cid }, uid)
      }
      return { userlist: usersFor(channel, member, link) }
    },

    heartbeat(link, body) {
      seatOf(link, body)
      return {}
    },

    logout(link, body) {
      const { cid, account } = seatOf(link, body)
      seats.free(link)
      channels.hangUp(cid, account)
      return {}
    },

    getUploadUserList(link, body) {
      const { channel, member } = placeOf(channels, seatOf(link, body))
      const userlist = usersFor(channel, member, link)
      if (channel.scene === SCENE.P2P && userlist.length < 2) {
        throw new Refusal(CODE.notFound, 'cid: nobody else is in this call')
      }
      return { userlist }
    },

    updatePushMode(link, body) {
      const { cid, uid, account } = seatOf(link, body)
      const member = channels.updateSession(cid, account, body.mode)
      if (isPublisher(member)) seats.push(cid, 'clientUpdate', { uid, accid: account, cid, mode: body.mode }, uid)
      return {}
    },
  }
}

/** The link's ticket proves who logs in; the contract's `token` is not read (NetEase's SDK sends the channel's number). */
function checkWishes({ ticket }: MediaLink, login: GatewayLogin): void {
  if (login.cid !== ticket.cid) throw new Refusal(CODE.refused, "cid: not the channel of this address's ticket")
  if (login.uid !== ticket.uid) throw new Refusal(CODE.refused, "uid: not the member of this address's ticket")
  if (login.encryptType) {
    throw new Refusal(CODE.encryptionRefused, 'encryptType: this service does not encrypt media; use 0')
  }
}

function checkPlace(link: MediaLink, { cid, uid, accid, scene }: GatewayLogin, channels: Channels): void {
  const channel = channels.get(cid)
  const member = channel?.members.get(uid)
  if (!channel || !member) return
  if (member.account !== accid) throw new Refusal(CODE.refused, `accid: ${uid} is not the uid of "${accid}"`)
  if (channel.scene !== scene) {
    throw new Refusal(CODE.refused, `scene: channel ${cid} is ${channel.scene === SCENE.P2P ? 'a call' : 'a room'}`)
  }
  if (link.ticket.expired && member.state === 'accepted') {
    throw new Refusal(CODE.refused, 'cid: the ticket of this address is too old; join the channel again')
  }
  // A device whose place in the room another one has taken does not come back into it.
  if (!isIn(member) || member.stay === link.ticket.stay) return
  link.push('kicked', { cid, reason: KICK_REASON.replaced })
  throw new Refusal(CODE.refused, 'cid: another device of yours has your place')
}

/** The link's seat, when the body speaks of it. */
function seatOf(link: MediaLink, body: { cid: number; uid: number }): Seat {
  const { seat } = link
  if (!seat) throw new Refusal(CODE.refused, 'log in first')
  if (body.cid !== seat.cid) throw new Refusal(CODE.refused, 'cid: not the channel that this link is logged in to')
  if (body.uid !== seat.uid) throw new Refusal(CODE.refused, 'uid: not the one that this link is logged in as')
  return seat
}

function placeOf(channels: Channels, seat: Seat): { channel: Channel; member: ChannelMember } {
  const channel = channels.get(seat.cid)
  const member = channel?.members.get(seat.uid)
  if (!channel || !member) throw new Refusal(CODE.roomGone, `cid: channel ${seat.cid} is gone`)
  return { channel, member }
}

function recordingRequest(login: GatewayLogin): RecordingRequest {
  return {
    audio: login.recordAudio === 1,
    video: login.recordVideo === 1,
    live: login.rtmpRecord === 1,
    type: recordTypeOf(login.recordType),
    hostSpeaker: login.isHostSpeaker === 1,
  }
}
