/** Members that behave like phones, and what they notice of an attack. */
import { NETCALL_TIMING } from '../../miniprogram/netcall/constants'
import { field, tokenOf } from '../../bench/relay/accounts'
import { GatewayClient, plainLogin } from '../support/gateway-client'
import type { Json } from '../support/json-client'
import { playRtmp, publishRtmp, type RtmpClient, syntheticStream, type TestTag } from '../support/media-client'
import { SignalClient } from '../support/signal-client'

/** Send interval, ms: that of a phone's audio frames. */
const TICK = 20
const RECORDED = { recordAudio: 1, recordVideo: 1, recordType: '2' } as const

/** Results of the streams over some time. Times in ms. */
export interface Experience {
  /** Delay of each frame, from sending to arrival. */
  delays: number[]
  /** The longest time without a frame, minus the frame interval. */
  stall: number
  lost: number
}

/** One side of a call: publishes in real time, and plays the other's stream. */
class Member {
  private readonly tags = syntheticStream({ padding: 1_000 })
  private next: TestTag | null = null
  private begun = 0
  private readonly beat: NodeJS.Timeout

  private constructor(
    readonly signal: SignalClient,
    readonly gateway: GatewayClient,
    who: { uid: number; cid: number },
    private readonly publisher: RtmpClient,
    /** Send time of each frame, by kind and timestamp. */
    readonly sent: Map<string, number>,
  ) {
    this.beat = setInterval(() => {
      void signal.request('heartbeat', {}).catch(() => undefined)
      void gateway.ask('heartbeat', who).catch(() => undefined)
    }, NETCALL_TIMING.heartbeatInterval)
  }

  static async enter(signal: SignalClient, account: string, way: Json): Promise<{ member: Member; urls: string[] }> {
    const cid = Number(way['channelId'])
    const uid = Number(field(way['accountUidMap'], account))
    const gateway = await GatewayClient.openAt(way)
    const { userlist } = await gateway.ask('login', { ...plainLogin({ uid, cid, accid: account }), ...RECORDED })
    const urls = (Array.isArray(userlist) ? userlist : []).map((user) => String(field(user, 'url')))
    const publisher = await publishRtmp(urls[0] ?? '')
    return { member: new Member(signal, gateway, { uid, cid }, publisher, new Map()), urls }
  }

  /** Sends due frames. */
  send(): void {
    const now = performance.now()
    this.begun ||= now
    for (;;) {
      const next = this.next ?? this.tags.next().value
      if (!next) return
      this.next = next
      if (next.timestamp > now - this.begun) return
      this.sent.set(keyOf(next), performance.now())
      this.publisher.sendTag(next)
      this.next = null
    }
  }

  get isPublishing(): boolean {
    return this.publisher.tags.closedBecause === null
  }

  leave(): void {
    clearInterval(this.beat)
    this.publisher.close()
    this.gateway.cut()
    this.signal.cut()
  }
}

const keyOf = ({ type, timestamp }: Pick<TestTag, 'type' | 'timestamp'>): string => `${type} ${timestamp}`

/** Two members in a recorded call. */
export class HonestCall {
  private delays: number[] = []
  private stall = 0
  private readonly timer: NodeJS.Timeout

  private constructor(
    readonly cid: number,
    private readonly members: readonly [Member, Member],
  ) {
    this.timer = setInterval(() => members.forEach((member) => member.send()), TICK)
  }

  /** Calls, answers, enters and plays. */
  static async begin(url: string, names: readonly [string, string]): Promise<HonestCall> {
    const base = url.replace('http:', 'ws:')
    const [caller, callee] = names
    const device = async (account: string) => SignalClient.open(base, account, await tokenOf(url, account))
    const [one, other] = [await device(caller), await device(callee)]
    const { cid, ways } = await callAndAnswer(one, other, names)
    const first = await Member.enter(one, caller, ways[0])
    const second = await Member.enter(other, callee, ways[1])
    const joined = await first.member.gateway.next('clientJoin')
    const call = new HonestCall(cid, [first.member, second.member])
    await call.play(String(field(joined, 'url')), second.member)
    await call.play(second.urls[1] ?? '', first.member)
    return call
  }

  /** Results since the last query. */
  take(): Experience {
    const now = performance.now()
    const overdue = this.members.flatMap(({ sent }) => [...sent].filter(([, at]) => now - at > 5_000))
    for (const { sent } of this.members) for (const [key] of overdue) sent.delete(key)
    const taken = { delays: this.delays, stall: this.stall, lost: overdue.length }
    this.delays = []
    this.stall = 0
    return taken
  }

  get isWhole(): boolean {
    return this.members.every((member) => member.isPublishing && member.gateway.isOpen && member.signal.isOpen)
  }

  async hangUp(): Promise<void> {
    clearInterval(this.timer)
    await this.members[0].signal.request('hangup', { channelId: this.cid })
    for (const member of this.members) member.leave()
  }

  private async play(url: string, publisher: Member): Promise<void> {
    const player = await playRtmp(url)
    let last = 0
    player.onMedia = (message) => {
      const now = performance.now()
      if (last > 0) this.stall = Math.max(this.stall, now - last - 1000 / 15)
      last = now
      const key = `${message.type} ${message.timestamp}`
      const at = publisher.sent.get(key)
      if (at === undefined) return
      publisher.sent.delete(key)
      this.delays.push(now - at)
    }
  }
}

/** The gateway URLs of both, once the call is answered. */
async function callAndAnswer(one: SignalClient, other: SignalClient, [caller, callee]: readonly [string, string]) {
  const call = { type: 2 as const, accounts: [callee], pushConfig: {}, webrtcEnable: true }
  const answer = await one.request('initNetcall', call)
  const cid = Number(answer['channelId'])
  const called = await other.next('beCalled', (body) => body['channelId'] === cid)
  await other.request('calleeAck', { account: caller, channelId: cid, type: 2, accepted: true })
  await one.next('notifyCalleeAck')
  return { cid, ways: [answer, called] as const }
}

/** Time that two new accounts need from signing in until both are logged in at the gateway, ms. */
export async function setUpTime(url: string, names: readonly [string, string]): Promise<number> {
  const base = url.replace('http:', 'ws:')
  const begun = performance.now()
  const device = async (account: string) => SignalClient.open(base, account, await tokenOf(url, account))
  const [one, other] = await Promise.all([device(names[0]), device(names[1])])
  const { cid, ways } = await callAndAnswer(one, other, names)
  const gateways = await Promise.all(
    names.map(async (account, at) => {
      const way = ways[at] ?? {}
      const gateway = await GatewayClient.openAt(way)
      const uid = Number(field(way['accountUidMap'], account))
      await gateway.ask('login', plainLogin({ uid, cid, accid: account }))
      return gateway
    }),
  )
  const time = performance.now() - begun
  await one.request('hangup', { channelId: cid })
  for (const client of [one, other, ...gateways]) client.cut()
  return time
}
