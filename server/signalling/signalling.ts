import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import { SIGNAL_CLOSE } from '../../miniprogram/netcall/protocol'
import type { Channels } from '../channels/channels'
import type { Connections } from '../connections'
import { isIn } from '../channels/live-channel'
import type { Tickets } from '../gateway/tickets'
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
import { accountSchema } from '../tokens'
import { ackSync, announceCalls, beCalled, calleeAck, callHandlers, noticesFor } from './calls'
import { Budgets } from './budgets'
import { Device } from './device'
import { Devices } from './devices'
import { Dispatch } from './dispatch'
import type { Accounts, SignalContext } from './handlers'
import { contactHandlers } from './contacts'
import { roomHandlers } from './rooms'

interface SignallingDeps {
  channels: Channels
  timeline: Timeline
  log: Pick<Log, 'debug' | 'error'>
  /** Verifies a token: its account and expiry, ms since 1970; null if it is invalid. */
  readToken: (token: string) => { account: string; expires: number } | null
  /** The account's uid; registers the account. */
  uidOf: (account: string) => number
  accounts: Accounts
  tickets: Pick<Tickets, 'issue'>
  connections: Pick<Connections, 'admit'>
  /** A client reached a limit. */
  limited?: (limit: Limit) => void
}

interface Signalling {
  /** Handles upgrades of `/signal`. Returns false for other requests. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean
  isOnline(account: string): boolean
  /** Number of signed-in devices. */
  readonly deviceCount: number
  /** Accounts with signed-in devices, sorted by name. */
  online(): { account: string; devices: number }[]
  close(): Promise<void>
}

const PATH = '/signal'
/** Interval of checking for expired tokens, ms. */
export const EXPIRY_CHECK = 60_000
export const SIGNAL_RULES: ConnectionRules = {
  silence: 15_000,
  framesPerSecond: 100,
  bytes: { perSecond: 65_536, burst: 262_144 },
}

/** The IM side: `ws /signal?account=…&token=…`. */
export function createSignalling(deps: SignallingDeps): Signalling {
  const { channels, timeline, log, accounts, tickets } = deps
  const socketServer = createSocketServer()
  const devices = new Devices(timeline)
  const context: SignalContext = {
    channels,
    devices,
    accounts,
    budgets: new Budgets(() => deps.limited?.('account')),
    tickets,
  }
  const handlers = { ...callHandlers(context), ...roomHandlers(context), ...contactHandlers(context) }
  const dispatch = new Dispatch(handlers, timeline, log)

  announceCalls(context)
  devices.on('presence', (account, online) => {
    devices.tellPresence(account, online)
    if (!online) channels.accountGone(account)
  })

  // A device in a running call is closed after the call.
  const expiry = setInterval(() => {
    for (const device of devices.expired(Date.now())) {
      if (!channels.isIn(device.account)) device.close(SIGNAL_CLOSE.unauthorized, 'token: expired; sign in again')
    }
  }, EXPIRY_CHECK).unref()

  const accept = (socket: WebSocket, { account, address, expires }: Admitted) => {
    const connection: Connection = new Connection(socket, SIGNAL_RULES, {
      frame: (value) => dispatch.frame(device, value),
      limited: () => deps.limited?.('frames'),
      gone: (reason) => {
        log.debug({ account, device: device.id, reason }, 'signalling: device disconnected')
        devices.remove(device)
      },
    })
    const device = new Device(randomUUID(), account, address, expires, connection)
    deps.uidOf(account)
    const calls = channels.callsOf(account).map(({ cid }) => cid)
    device.notify('welcome', { account, deviceId: device.id, timetag: Date.now(), calls })
    devices.add(device)
    const note = (name: string, cid: number, about: string) =>
      timeline.add('signalling', name, { cid, account }, { kind: 'notification', about })
    for (const channel of channels.ringingFor(account)) {
      device.notify('beCalled', beCalled(context, channel, device))
      note('beCalled', channel.cid, channel.caller)
    }
    for (const channel of channels.answeredFor(account)) {
      for (const callee of [...channel.members.values()].filter((member) => !member.caller && isIn(member))) {
        device.notify('notifyCalleeAck', calleeAck(channel, callee.account, true))
        note('notifyCalleeAck', channel.cid, callee.account)
      }
    }
    for (const channel of channels.answeredBy(account)) {
      device.notify('notifyCalleeAckSync', ackSync(channel, true, Date.now()))
      note('notifyCalleeAckSync', channel.cid, channel.caller)
    }
    for (const notice of noticesFor(context, account)) {
      device.notify('netcallControl', notice)
      note('netcallControl', notice.channelId, notice.account)
    }
  }

  return {
    handleUpgrade(request, socket, head) {
      const url = urlOf(request)
      if (url?.pathname !== PATH) return false
      socketServer.handleUpgrade(request, socket, head, (webSocket) => {
        const entrance = examine(url.searchParams, request, deps)
        if ('refusal' in entrance) return closeSocket(webSocket, entrance.code, entrance.refusal)
        deps.connections.admit(socket)
        try {
          accept(webSocket, entrance)
        } catch (error) {
          log.error({ err: error, account: entrance.account }, 'signalling: accepting a device failed')
          closeSocket(webSocket, CLOSE_CODE.failed, 'the service failed; try again')
        }
      })
      return true
    },
    isOnline: (account) => devices.isOnline(account),
    get deviceCount() {
      return devices.count
    },
    online: () => devices.counts(),
    close() {
      clearInterval(expiry)
      return closeSocketServer(socketServer)
    },
  }
}

interface Admitted {
  account: string
  address: Address
  expires: number
}
type Entrance = Admitted | { code: number; refusal: string }

/** Authenticates an upgrade. Errors are sent as close codes, because mini-programs cannot see the status of a refused upgrade. */
function examine(query: URLSearchParams, request: IncomingMessage, deps: SignallingDeps): Entrance {
  const account = accountSchema.safeParse(query.get('account') ?? '')
  if (!account.success) {
    return {
      code: SIGNAL_CLOSE.badRequest,
      refusal: `account: ${account.error.issues[0]?.message ?? 'not an account'}`,
    }
  }
  const address = addressOf(request)
  if (!address) return { code: SIGNAL_CLOSE.badRequest, refusal: 'Host: not a host and port' }
  const token = deps.readToken(query.get('token') ?? '')
  if (token?.account !== account.data) {
    return { code: SIGNAL_CLOSE.unauthorized, refusal: `token: invalid for account "${account.data}"; sign in again` }
  }
  return { account: account.data, address, expires: token.expires }
}
