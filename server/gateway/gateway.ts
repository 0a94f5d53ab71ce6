import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import { ROLE, SCENE } from '../../miniprogram/netcall/constants'
import { KICK_REASON, SIGNAL_CLOSE } from '../../miniprogram/netcall/protocol'
import type { Channels } from '../channels/channels'
import type { Connections } from '../connections'
import { addressOf, urlOf, type Address } from '../websocket/address'
import {
  closeSocketServer,
  closeSocket,
  createSocketServer,
  Connection,
  CLOSE_CODE,
  type ConnectionRules,
} from '../websocket/connection'
import type { Limit } from '../limit'
import type { Log } from '../log'
import type { Timeline } from '../timeline'
import { gatewayCommands } from './commands'
import { GatewayDispatch } from './dispatch'
import { GatewayConnection } from './gateway-connection'
import { GatewaySessions } from './sessions'
import type { ReadTicket, Tickets } from './tickets'
import type { StreamUrls } from './users'

interface GatewayRules extends ConnectionRules {
  /** Time for the login after the upgrade, ms; before that the connection was pending. */
  login: number
  /** Maximum number of frames before the login. */
  framesBeforeLogin: number
}
interface GatewayDeps extends StreamUrls {
  channels: Channels
  timeline: Timeline
  log: Pick<Log, 'debug' | 'error'>
  tickets: Pick<Tickets, 'read'>
  connections: Pick<Connections, 'admit'>
  /** A client reached a limit. */
  limited?: (limit: Limit) => void
}

interface Gateway {
  /** Handles upgrades of `/gateway`. Returns false for other requests. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean
  /** Number of logged-in media sessions. */
  readonly sessionCount: number
  close(): Promise<void>
}

const PATH = /^\/gateway(?:\/([^/]*))?$/
const NO_TICKET = 'the URL has no valid ticket: use the URL from serverMap unchanged'
export const GATEWAY_RULES: GatewayRules = {
  silence: 12_000,
  framesPerSecond: 100,
  bytes: { perSecond: 32_768, burst: 131_072 },
  login: 8_000,
  framesBeforeLogin: 32,
}

/** The media gateway: `ws /gateway/<ticket>`, one connection per media session. */
export function createGateway(deps: GatewayDeps): Gateway {
  const { channels, timeline, log, tickets } = deps
  const socketServer = createSocketServer()
  const sessions = new GatewaySessions(timeline)
  const dispatch = new GatewayDispatch(gatewayCommands({ ...deps, sessions }), timeline, log)
  announceDepartures(channels, sessions)

  const accept = (socket: WebSocket, address: Address, ticket: ReadTicket, loggedIn: () => void) => {
    let early = 0
    const connection: Connection = new Connection(socket, GATEWAY_RULES, {
      frame(value) {
        const before = gatewayConnection.session === null
        if (before && ++early > GATEWAY_RULES.framesBeforeLogin) {
          deps.limited?.('frames')
          connection.close(
            CLOSE_CODE.tooManyFrames,
            `more than ${GATEWAY_RULES.framesBeforeLogin} frames before the login`,
          )
          return
        }
        dispatch.frame(gatewayConnection, value)
        if (before && gatewayConnection.session) loggedIn()
      },
      limited: () => deps.limited?.('frames'),
      gone: (reason) => {
        clearTimeout(loginDeadline)
        const session = sessions.free(gatewayConnection)
        if (!session) return
        log.debug({ cid: session.cid, account: session.account, reason }, 'gateway: connection closed')
        timeline.add('gateway', 'connectionLost', session, { reason })
        channels.loseSession(session.cid, session.uid)
      },
    })
    const gatewayConnection = new GatewayConnection(address, ticket, connection)
    const loginDeadline = setTimeout(() => {
      if (!gatewayConnection.session) gatewayConnection.close('no login')
    }, GATEWAY_RULES.login)
  }

  return {
    handleUpgrade(request, socket, head) {
      const way = PATH.exec(urlOf(request)?.pathname ?? '')
      if (!way) return false
      socketServer.handleUpgrade(request, socket, head, (webSocket) => {
        const address = addressOf(request)
        const ticket = tickets.read(way[1] ?? '')
        if (!address) closeSocket(webSocket, SIGNAL_CLOSE.badRequest, 'Host: not a host and port')
        else if (!ticket) closeSocket(webSocket, SIGNAL_CLOSE.unauthorized, NO_TICKET)
        else accept(webSocket, address, ticket, () => deps.connections.admit(socket))
      })
      return true
    },
    get sessionCount() {
      return sessions.count
    },
    close: () => closeSocketServer(socketServer),
  }
}

/** Notifies members of leaving members and of the channel's end, replaced devices, and removed members. */
function announceDepartures(channels: Channels, sessions: GatewaySessions): void {
  channels.on('replaced', ({ cid }, { uid }) => sessions.kick(cid, uid, KICK_REASON.replaced))
  channels.on('removed', ({ cid }, { uid }) => sessions.kick(cid, uid, KICK_REASON.removed))
  channels.on('left', ({ cid, scene }, { uid, account, session }, end) => {
    const connection = sessions.of(cid, uid)
    if (connection) {
      sessions.free(connection)
      connection.close('left the channel')
    }
    // Audience members were never announced in a room. If a call ends because a member was lost, its end is the only notification.
    const announced = scene === SCENE.P2P ? end !== 'lost' : session?.role === ROLE.ROLE_HOST
    if (announced) sessions.push(cid, 'clientLeave', { uid, accid: account, cid })
  })
  channels.on('ended', ({ cid, scene }, reason) => {
    const toldByLeave = scene === SCENE.P2P && reason === 'hangup'
    if (!toldByLeave) sessions.push(cid, 'liveRoomClose', { cid, reason })
    for (const connection of sessions.inChannel(cid)) {
      sessions.free(connection)
      connection.close('the channel has ended')
    }
  })
}
