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
import { Refusal } from '../websocket/refusal'
import type { GatewayConnection, GatewaySession } from './gateway-connection'
import { recordingRequestOf } from './schemas'
import type { GatewaySessions } from './sessions'
import { isPublisher, playedUser, userList, type StreamUrls } from './users'

interface GatewayContext extends StreamUrls {
  channels: Channels
  sessions: GatewaySessions
}

/** Fields of an answer besides its code. */
export type CommandAnswer<M extends GatewayMethod> = Omit<GatewayMethods[M]['answer'], 'code' | 'errmsg'>
/** Handles a request of one connection. Throws a `Refusal` if it cannot. */
type Command<M extends GatewayMethod> = (
  connection: GatewayConnection,
  body: GatewayMethods[M]['body'],
) => CommandAnswer<M>
export type Commands = { [M in GatewayMethod]: Command<M> }

export function gatewayCommands(context: GatewayContext): Commands {
  const { channels, sessions } = context

  const usersFor = (channel: Channel, self: ChannelMember, connection: GatewayConnection): GatewayUser[] =>
    userList(channel, self, context, connection.address.hostname)

  return {
    login(connection, login) {
      if (connection.session) throw new Refusal(CODE.conflict, 'already logged in')
      checkWishes(connection, login)
      checkPlace(connection, login, channels)
      const { cid, uid, accid: account, mode, role = ROLE.ROLE_HOST } = login
      const published = channels.get(cid)?.members.get(uid)?.session?.role === ROLE.ROLE_HOST
      const { channel, member } = channels.enterSession(cid, uid, { mode, role, recording: recordingRequestOf(login) })
      sessions.take({ cid, uid, account, epoch: member.epoch }, connection)
      // After a reconnect too: the others need a new URL of the stream.
      if (isPublisher(member)) {
        const bodyFor = (viewer: GatewaySession, { address }: GatewayConnection) =>
          playedUser(cid, member, viewer, context, address.hostname)
        sessions.pushEach(cid, 'clientJoin', bodyFor, uid)
      } else if (published) {
        // Another device took over, as audience.
        sessions.push(cid, 'clientLeave', { uid, accid: account, cid }, uid)
      }
      return { userlist: usersFor(channel, member, connection) }
    },

    heartbeat(connection, body) {
      sessionOf(connection, body)
      return {}
    },

    logout(connection, body) {
      const { cid, account } = sessionOf(connection, body)
      sessions.free(connection)
      channels.hangUp(cid, account)
      return {}
    },

    getUploadUserList(connection, body) {
      const { channel, member } = placeOf(channels, sessionOf(connection, body))
      const userlist = usersFor(channel, member, connection)
      if (channel.scene === SCENE.P2P && userlist.length < 2) {
        throw new Refusal(CODE.notFound, 'cid: no other member is in this call')
      }
      return { userlist }
    },

    updatePushMode(connection, body) {
      const { cid, uid, account } = sessionOf(connection, body)
      const member = channels.updateSession(cid, account, body.mode)
      if (isPublisher(member)) sessions.push(cid, 'clientUpdate', { uid, accid: account, cid, mode: body.mode }, uid)
      return {}
    },
  }
}

/** The connection's ticket authorizes the login; the contract's `token` is not read (NetEase's SDK sends the channel's number). */
function checkWishes({ ticket }: GatewayConnection, login: GatewayLogin): void {
  if (login.cid !== ticket.cid) throw new Refusal(CODE.refused, "cid: not the ticket's channel")
  if (login.uid !== ticket.uid) throw new Refusal(CODE.refused, "uid: not the ticket's member")
  if (login.encryptType) {
    throw new Refusal(CODE.encryptionRefused, 'encryptType: media encryption is not supported; use 0')
  }
}

function checkPlace(connection: GatewayConnection, { cid, uid, accid, scene }: GatewayLogin, channels: Channels): void {
  const channel = channels.get(cid)
  const member = channel?.members.get(uid)
  if (!channel || !member) return
  if (member.account !== accid) throw new Refusal(CODE.refused, `accid: ${uid} is not the uid of "${accid}"`)
  if (channel.scene !== scene) {
    throw new Refusal(CODE.refused, `scene: channel ${cid} is ${channel.scene === SCENE.P2P ? 'a call' : 'a room'}`)
  }
  if (connection.ticket.expired && member.state === 'accepted') {
    throw new Refusal(CODE.refused, "cid: the URL's ticket has expired; join the channel again")
  }
  // A device that was replaced in the room cannot come back.
  if (!isIn(member) || member.epoch === connection.ticket.epoch) return
  connection.push('kicked', { cid, reason: KICK_REASON.replaced })
  throw new Refusal(CODE.refused, 'cid: replaced by another device of the account')
}

/** The connection's session; throws if the body names another one. */
function sessionOf(connection: GatewayConnection, body: { cid: number; uid: number }): GatewaySession {
  const { session } = connection
  if (!session) throw new Refusal(CODE.refused, 'log in first')
  if (body.cid !== session.cid) throw new Refusal(CODE.refused, "cid: not this connection's channel")
  if (body.uid !== session.uid) throw new Refusal(CODE.refused, "uid: not this connection's uid")
  return session
}

function placeOf(channels: Channels, session: GatewaySession): { channel: Channel; member: ChannelMember } {
  const channel = channels.get(session.cid)
  const member = channel?.members.get(session.uid)
  if (!channel || !member) throw new Refusal(CODE.roomGone, `cid: channel ${session.cid} is gone`)
  return { channel, member }
}
