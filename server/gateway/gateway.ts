import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import { ROLE, SCENE } from '../../miniprogram/netcall/constants'
import { KICK_REASON, SIGNAL_CLOSE } from '../../miniprogram/netcall/protocol'
import type { Channels } from '../channels/channels'
import type { Connections } from '../connections'
import { addressOf, urlOf, type Address } from '../links/address'
import { closeDoor, closeSocket, createDoor, Link, LINK_CLOSE, type LinkRules } from '../links/link'
import type { Limit } from '../limit'
import type { Log } from '../log'
import type { Timeline } from '../timeline'
import { gatewayCommands } from './commands'
import { GatewayDispatch } from './dispatch'
import { MediaLink } from './media-link'
import { Seats } from './seats'
import type { ReadTicket, Tickets } from './tickets'
import type { StreamUrls } from './users'

export interface GatewayRules extends LinkRules {
  /** A link that has not logged in after this is closed, ms; before the connection itself was pending for too long. */
  login: number
  /** So many frames may come before that. */
  framesBeforeLogin: number
}
export interface GatewayDeps extends StreamUrls {
  channels: Channels
  timeline: Timeline
  log: Pick<Log, 'debug' | 'error'>
  tickets: Pick<Tickets, 'read'>
  connections: Pick<Connections, 'admit'>
  /** A client reached a limit. */
  limited?: (limit: Limit) => void
}

export interface Gateway {
  /** Takes upgrades of `/gateway`; false when the request is not for it. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean
  /** Media sessions with a link. */
  readonly sessionCount: number
  close(): Promise<void>
}

const PATH = /^\/gateway(?:\/([^/]*))?$/
const NO_TICKET = 'the address has no ticket of this service: take it from serverMap as it is'
export const GATEWAY_RULES: GatewayRules = {
  silence: 12_000,
  framesPerSecond: 100,
  bytes: { perSecond: 32_768, burst: 131_072 },
  login: 8_000,
  framesBeforeLogin: 32,
}

/** The media gateway: `ws /gateway/<ticket>`, one link for a media session. */
export function createGateway(deps: GatewayDeps): Gateway {
  const { channels, timeline, log, tickets } = deps
  const door = createDoor()
  const seats = new Seats(timeline)
  const dispatch = new GatewayDispatch(gatewayCommands({ ...deps, seats }), timeline, log)
  announceGoings(channels, seats)

  const letIn = (socket: WebSocket, address: Address, ticket: ReadTicket, loggedIn: () => void) => {
    let early = 0
    const link: Link = new Link(socket, GATEWAY_RULES, {
      frame(value) {
        const before = mediaLink.seat === null
        if (before && ++early > GATEWAY_RULES.framesBeforeLogin) {
          deps.limited?.('frames')
          link.close(LINK_CLOSE.tooManyFrames, `more than ${GATEWAY_RULES.framesBeforeLogin} frames before the login`)
          return
        }
        dispatch.frame(mediaLink, value)
        if (before && mediaLink.seat) loggedIn()
      },
      limited: () => deps.limited?.('frames'),
      gone: (reason) => {
        clearTimeout(loginDeadline)
        const seat = seats.free(mediaLink)
        if (!seat) return
        log.debug({ cid: seat.cid, account: seat.account, reason }, 'a media link broke')
        timeline.add('gateway', 'linkLost', seat, { reason })
        channels.loseSession(seat.cid, seat.uid)
      },
    })
    const mediaLink = new MediaLink(address, ticket, link)
    const loginDeadline = setTimeout(() => {
      if (!mediaLink.seat) mediaLink.close('no login came')
    }, GATEWAY_RULES.login)
  }

  return {
    handleUpgrade(request, socket, head) {
      const way = PATH.exec(urlOf(request)?.pathname ?? '')
      if (!way) return false
      door.handleUpgrade(request, socket, head, (webSocket) => {
        const address = addressOf(request)
        const ticket = tickets.read(way[1] ?? '')
        if (!address) closeSocket(webSocket, SIGNAL_CLOSE.badRequest, 'Host: not a host and port')
        else if (!ticket) closeSocket(webSocket, SIGNAL_CLOSE.unauthorized, NO_TICKET)
        else letIn(webSocket, address, ticket, () => deps.connections.admit(socket))
      })
      return true
    },
    get sessionCount() {
      return seats.count
    },
    close: () => closeDoor(door),
  }
}

/** Tells those who stay that a member left, or that the channel is over; and an older device that a newer one has its place. */
function announceGoings(channels: Channels, seats: Seats): void {
  channels.on('replaced', ({ cid }, { uid }) => seats.putOut(cid, uid, KICK_REASON.replaced))
  channels.on('left', ({ cid, scene }, { uid, account, session }, end) => {
    const link = seats.of(cid, uid)
    if (link) {
      seats.free(link)
      link.close('left the channel')
    }
    // In a room only those who publish were announced. Whose call ends because the other side was lost hears just that.
    const announced = scene === SCENE.P2P ? end !== 'lost' : session?.role === ROLE.ROLE_HOST
    if (announced) seats.push(cid, 'clientLeave', { uid, accid: account, cid })
  })
  channels.on('ended', ({ cid, scene }, reason) => {
    const toldByLeave = scene === SCENE.P2P && reason === 'hangup'
    if (!toldByLeave) seats.push(cid, 'liveRoomClose', { cid, reason })
    for (const link of seats.inChannel(cid)) {
      seats.free(link)
      link.close('the channel is over')
    }
  })
}
