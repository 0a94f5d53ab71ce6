import { createServer } from 'node:http'
import { Channels, type ChannelTiming } from '../../server/channels/channels'
import { createGateway } from '../../server/gateway/gateway'
import { Connections } from '../../server/connections'
import { Tickets } from '../../server/gateway/tickets'
import type { Limit } from '../../server/limit'
import { createLog } from '../../server/log'
import { createSignalling } from '../../server/signalling/signalling'
import { Timeline } from '../../server/timeline'
import { advance } from './clock'
import { GatewayClient, plainLogin } from './gateway-client'
import type { JsonClient } from './json-client'
import { SignalClient } from './signal-client'
import { until } from './until'

interface CallServiceOptions {
  timing?: Partial<ChannelTiming>
  roomLimit?: number
  /** Whether accounts can list each other; default true. */
  contacts?: boolean
}

/** Heartbeat interval of clients, ms. */
const HEARTBEAT = 5_000

export const tokenOf = (account: string) => `secret-of-${account}`
/** Lifetime of tokens after use, ms. */
export const TOKEN_LIFETIME = 3_600_000
function readToken(token: string) {
  const account = /^secret-of-(.+)$/.exec(token)?.[1]
  return account === undefined ? null : { account, expires: Date.now() + TOKEN_LIFETIME }
}

/** Both sockets of the call service on their own port, with accounts in memory. */
export async function startCallService(options: CallServiceOptions = {}) {
  const uids = new Map<string, number>()
  const uidOf = (account: string) => {
    const uid = uids.get(account) ?? 1001 + uids.size
    uids.set(account, uid)
    return uid
  }
  const list = (after: string, limit: number): string[] =>
    [...uids.keys()]
      .filter((account) => account > after)
      .sort()
      .slice(0, limit)
  const accounts = { has: (account: string) => uids.has(account), list: options.contacts === false ? null : list }
  const log = createLog('silent')
  const timeline = new Timeline()
  const channels = new Channels({
    uidOf,
    timing: options.timing ?? {},
    ...(options.roomLimit !== undefined && { roomLimit: options.roomLimit }),
  })
  const ended: { cid: number; reason: string; by: string | null }[] = []
  channels.on('ended', ({ cid }, reason, by) => ended.push({ cid, reason, by }))
  const tickets = new Tickets('a secret for tickets')
  const connections = new Connections()
  const limits: Limit[] = []
  const limited = (limit: Limit): void => void limits.push(limit)
  const common = { channels, timeline, log, tickets, connections, limited }
  const signalling = createSignalling({ ...common, readToken, uidOf, accounts })
  let urls = 0
  const gateway = createGateway({
    ...common,
    pushUrl: ({ cid, uid }, _, host) => `rtmp://${host}/live/${cid}-${uid}?action=publish&sign=${++urls}`,
    playUrl: ({ cid, uid }, _, host) => `rtmp://${host}/live/${cid}-${uid}?action=play&sign=${++urls}`,
  })
  const server = createServer((_, response) => response.writeHead(404).end())
  server.on('connection', (socket) => void connections.open(socket))
  server.on('upgrade', (request, socket, head) => {
    if (!signalling.handleUpgrade(request, socket, head) && !gateway.handleUpgrade(request, socket, head))
      socket.destroy()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  const { port } = address
  const base = `ws://127.0.0.1:${port}`
  const clients: JsonClient[] = []
  const kept = <C extends JsonClient>(client: C): C => {
    clients.push(client)
    return client
  }

  return {
    base,
    port,
    channels,
    signalling,
    gateway,
    timeline,
    /** Limits that clients reached. */
    limits,
    /** Ends of all channels so far. */
    ended,
    uidOf,
    kept,

    /** A signed-in device. */
    async device(account: string): Promise<SignalClient> {
      return kept(await SignalClient.open(base, account, tokenOf(account)))
    },
    /** The gateway URL that a member got. */
    gatewayOf(account: string, cid: number): string {
      const uid = uidOf(account)
      const epoch = channels.get(cid)?.members.get(uid)?.epoch ?? 1
      return `${base}/gateway/${tickets.issue({ cid, uid, epoch })}`
    },
    async mediaLink(account: string, cid: number) {
      return kept(await GatewayClient.open(this.gatewayOf(account, cid)))
    },
    loginOf: (account: string, cid: number) => plainLogin({ uid: uidOf(account), cid, accid: account }),

    /** A logged-in media session. */
    async session(account: string, cid: number, more: object = {}) {
      const client = await this.mediaLink(account, cid)
      const answer = await client.ask('login', { ...this.loginOf(account, cid), ...more })
      if (answer['code'] !== 200) throw new Error(`login of ${account}: ${JSON.stringify(answer)}`)
      return { client, who: { uid: uidOf(account), cid }, userlist: answer['userlist'] }
    },

    /** A member of a room, by its join: device and media session. */
    async member(account: string, channelName: string, more: object = {}, device?: SignalClient) {
      const signal = device ?? (await this.device(account))
      const joined = await signal.request('joinChannel', { channelName })
      const cid = Number(joined['channelId'])
      const client = kept(await GatewayClient.openAt(joined))
      const login = { ...this.loginOf(account, cid), scene: 1, ...more }
      const answer = await client.ask('login', login)
      if (answer['code'] !== 200) throw new Error(`login of ${account}: ${JSON.stringify(answer)}`)
      return { signal, client, joined, login, who: { uid: uidOf(account), cid }, userlist: answer['userlist'] }
    },

    /** An answered video call: its number and both devices. */
    async answeredCall(caller: string, callee: string) {
      const [a, b] = [await this.device(caller), await this.device(callee)]
      const cid = await ringUp(a, callee)
      await b.next('beCalled')
      await b.request('calleeAck', { account: caller, channelId: cid, type: 2, accepted: true })
      await a.next('notifyCalleeAck')
      return { cid, a, b }
    },

    async endOf(cid: number) {
      await until(() => ended.some((end) => end.cid === cid), `the end of ${cid}`)
      return ended.filter((end) => end.cid === cid)
    },

    /** Advances the controlled clock. Meanwhile every connected client sends heartbeats, except `silent` ones. */
    async pass(ms: number, ...silent: JsonClient[]): Promise<void> {
      for (let left = ms; left > 0; left -= HEARTBEAT) {
        const alive = clients.filter((client) => client.isOpen && !silent.includes(client))
        await Promise.all(alive.map((client) => client.beat()))
        await advance(Math.min(left, HEARTBEAT))
      }
    },

    /** Breaks every client's connection. */
    cutAll(): void {
      for (const client of clients.splice(0)) client.cut()
    },

    async close(): Promise<void> {
      channels.close()
      await Promise.all([signalling.close(), gateway.close()])
      this.cutAll()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
export type CallService = Awaited<ReturnType<typeof startCallService>>

/** Begins a video call and returns its number. */
export async function ringUp(caller: SignalClient, callee: string, pushConfig: object = {}): Promise<number> {
  const answer = await caller.request('initNetcall', { type: 2, accounts: [callee], pushConfig, webrtcEnable: true })
  return Number(answer['channelId'])
}
