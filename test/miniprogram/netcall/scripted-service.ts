import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketServer, type WebSocket } from 'ws'
import { GATEWAY_METHOD, NOTIFICATION_ADDRESS, SIGNAL_ADDRESS } from '../../../miniprogram/netcall/protocol'
import type {
  GatewayMethod,
  SignalMethod,
  SignalNotificationName,
  SignalNotifications,
} from '../../../miniprogram/netcall/protocol'

export interface Received {
  method: string
  body: Record<string, unknown>
}
type Side = 'signal' | 'gateway'
/** A scripted answer: a body, an error code, or none. */
type Reply = { body: object } | { code: number; message: string } | 'silence'
type Script = (body: Record<string, unknown>) => Reply

export const CID = 7001
export const MY_UID = 11
export const PEER_UID = 22
const MEMBERS = { alice: MY_UID, bob: PEER_UID }

/** A scripted call service, for faults that a real one does not show on demand. */
export class ScriptedService {
  readonly received: Record<Side, Received[]> = { signal: [], gateway: [] }
  /** Number of connections to each side. */
  readonly dialled: Record<Side, number> = { signal: 0, gateway: 0 }
  /** Tokens of the connections to the IM side. */
  readonly tokens: string[] = []
  /** Answers by method name; others succeed. */
  readonly script: Partial<Record<SignalMethod | GatewayMethod, Script>> = {}
  /** Refuses or breaks a connection at its start; false: as usual. */
  greet: (side: Side, link: WebSocket) => boolean = () => false
  private readonly links: Record<Side, Set<WebSocket>> = { signal: new Set(), gateway: new Set() }
  private readonly http: Server = createServer()
  private readonly sockets = new WebSocketServer({ noServer: true })

  async start(): Promise<void> {
    this.http.on('upgrade', (request, socket, head) => {
      const side = request.url?.startsWith('/signal') ? 'signal' : 'gateway'
      if (side === 'signal') this.tokens.push(new URL(request.url ?? '', 'http://x').searchParams.get('token') ?? '')
      this.sockets.handleUpgrade(request, socket, head, (link) => this.accept(side, link))
    })
    await new Promise<void>((resolve) => this.http.listen(0, '127.0.0.1', resolve))
  }

  async stop(): Promise<void> {
    this.breakLinks('signal')
    this.breakLinks('gateway')
    this.sockets.close()
    await new Promise((resolve) => this.http.close(resolve))
  }

  get host(): string {
    const address = this.http.address()
    return `127.0.0.1:${isAddress(address) ? address.port : 0}`
  }
  get serverMap(): string {
    return JSON.stringify({ wechatapparray: [`${this.host}/gateway`], scheme: 'ws' })
  }

  linkCount(side: Side): number {
    return this.links[side].size
  }
  methods(side: Side): string[] {
    return this.received[side].map(({ method }) => method).filter((method) => method !== 'heartbeat')
  }
  bodies(side: Side, method: string): Record<string, unknown>[] {
    return this.received[side].filter((request) => request.method === method).map(({ body }) => body)
  }

  /** Cuts the connections like a lost network: without a close frame. */
  breakLinks(side: Side): void {
    for (const link of this.links[side]) link.terminate()
  }
  closeLinks(side: Side, code: number, reason: string): void {
    for (const link of this.links[side]) link.close(code, reason)
  }
  sendRaw(side: Side, frame: string | Buffer): void {
    for (const link of this.links[side]) link.send(frame)
  }
  notify<N extends SignalNotificationName>(name: N, body: SignalNotifications[N]): void {
    const [sid, cid] = NOTIFICATION_ADDRESS[name]
    this.sendRaw('signal', JSON.stringify({ sid, cid, code: 200, body }))
  }
  push(cmd: number, body: object): void {
    this.sendRaw('gateway', JSON.stringify({ cmd, body }))
  }
  callMe(cid = CID): void {
    this.notify('beCalled', {
      timetag: 1,
      type: 2,
      channelId: cid,
      account: 'bob',
      uid: MY_UID,
      accountUidMap: MEMBERS,
      clientConfig: {},
      custom: 'hello',
      serverMap: this.serverMap,
    })
  }

  private accept(side: Side, link: WebSocket): void {
    this.dialled[side]++
    this.links[side].add(link)
    link.on('close', () => this.links[side].delete(link))
    link.on('error', () => {})
    link.on('message', (data) => {
      if (Buffer.isBuffer(data)) this.receive(side, link, JSON.parse(data.toString()))
    })
    if (this.greet(side, link)) return
    if (side === 'signal') this.notify('welcome', { account: 'alice', deviceId: 'd1', timetag: 1 })
  }

  private receive(
    side: Side,
    link: WebSocket,
    frame: { sid?: number; cid?: number; cmd?: number; seq: number; body: Record<string, unknown> },
  ): void {
    const method =
      side === 'signal'
        ? SIGNAL_METHODS.find((name) => SIGNAL_ADDRESS[name][0] === frame.sid && SIGNAL_ADDRESS[name][1] === frame.cid)
        : GATEWAY_METHODS.find((name) => GATEWAY_METHOD[name][0] === frame.cmd)
    if (!method) throw new Error(`no such request: ${JSON.stringify(frame)}`)
    this.received[side].push({ method, body: frame.body })
    const reply = this.script[method]?.(frame.body) ?? { body: this.usual(method) }
    if (reply === 'silence') return
    const { seq } = frame
    const answer =
      'body' in reply ? { code: 200, body: reply.body } : { code: reply.code, body: {}, message: reply.message }
    if (side === 'signal') return link.send(JSON.stringify({ sid: frame.sid, cid: frame.cid, seq, ...answer }))
    const cmd = GATEWAY_METHODS.flatMap((name) =>
      GATEWAY_METHOD[name][0] === frame.cmd ? [GATEWAY_METHOD[name][1]] : [],
    )[0]
    link.send(JSON.stringify({ cmd, seq, body: { code: answer.code, errmsg: answer.message, ...answer.body } }))
  }

  private usual(method: SignalMethod | GatewayMethod): object {
    const channel = { channelId: CID, accountUidMap: MEMBERS, clientConfig: {}, serverMap: this.serverMap }
    switch (method) {
      case 'initNetcall':
        return { timetag: 1, uid: MY_UID, keepCallingAccounts: ['bob'], ...channel }
      case 'keepCalling':
        return { accounts: ['bob'] }
      case 'joinChannel':
        return { timetag: 1, custom: 'c', ...channel }
      case 'listContacts':
        return { contacts: [{ account: 'bob', online: true }] }
      case 'login':
      case 'getUploadUserList':
        return { userlist: [this.user(MY_UID), this.user(PEER_UID)] }
      default:
        return { timetag: 1 }
    }
  }

  /** A member as sent by the gateway; the URL contains the number of connections, like a new signature. */
  user(uid: number): object {
    const accid = uid === MY_UID ? 'alice' : 'bob'
    return { uid, accid, cid: CID, url: `rtmp://x/live/${CID}-${uid}?n=${this.dialled.gateway}`, mode: 0 }
  }
}

const SIGNAL_METHODS = keysOf(SIGNAL_ADDRESS)
const GATEWAY_METHODS = keysOf(GATEWAY_METHOD)

function keysOf<K extends string>(table: Record<K, unknown>): K[] {
  const keys: K[] = []
  for (const key in table) keys.push(key)
  return keys
}
function isAddress(address: AddressInfo | string | null): address is AddressInfo {
  return typeof address === 'object' && address !== null
}
