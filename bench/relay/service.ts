import { GatewayClient, plainLogin } from '../../test/support/gateway-client'
import type { Json } from '../../test/support/json-client'
import { SignalClient } from '../../test/support/signal-client'
import { startProgram } from '../program'
import { field, tokenOf } from './accounts'
import type { OpenStreams, RelayEngine, StreamUrls } from './engine'
import { Room } from './room'

const HEARTBEAT = 5_000

/** The call service. Its streams are those of calls and rooms: only members publish and play. */
export async function startServiceEngine(): Promise<RelayEngine> {
  const { url, pid, close } = await startProgram('server/main.ts')
  return {
    name: 'call service',
    pid,
    http: new URL(url).host,
    close,
    open: (count) => openCalls(url, count),
    openRooms: (count, members) => openRooms(url, count, members),
  }
}

async function openRooms(url: string, count: number, members: number): Promise<OpenStreams> {
  const rooms: Room[] = []
  while (rooms.length < count) {
    const name = `room-${rooms.length}`
    const accounts = Array.from({ length: members }, (_, index) => `${name}-${index}`)
    rooms.push(await Room.open(url, name, accounts))
  }
  return {
    streams: rooms.flatMap((room) => room.streams),
    async close() {
      for (const room of rooms) await room.leave()
    },
  }
}

/** Calls of two, each member publishing and playing; with an odd count the last call has one publisher. */
async function openCalls(url: string, count: number): Promise<OpenStreams> {
  const calls: Call[] = []
  while (calls.length < count / 2) calls.push(await Call.begin(url, calls.length))
  const beat = setInterval(() => calls.forEach((call) => call.beat()), HEARTBEAT)
  return {
    streams: calls.flatMap(({ streams }) => streams).slice(0, count),
    async close() {
      clearInterval(beat)
      for (const call of calls) await call.end()
    },
  }
}

class Call {
  private constructor(
    private readonly cid: number,
    private readonly devices: SignalClient[],
    private readonly links: { link: GatewayClient; uid: number }[],
    readonly streams: StreamUrls[],
  ) {}

  static async begin(url: string, number: number): Promise<Call> {
    const base = url.replace('http:', 'ws:')
    const [caller, callee] = [`caller-${number}`, `callee-${number}`]
    const device = async (account: string) => SignalClient.open(base, account, await tokenOf(url, account))
    const [alice, bob] = [await device(caller), await device(callee)]
    const answer = await alice.request('initNetcall', {
      type: 2,
      accounts: [callee],
      pushConfig: {},
      webrtcEnable: true,
    })
    const cid = Number(answer['channelId'])
    const called = await bob.next('beCalled')
    await bob.request('calleeAck', { account: caller, channelId: cid, type: 2, accepted: true })
    await alice.next('notifyCalleeAck')

    const session = async (account: string, way: Json) => {
      const uid = Number(field(way['accountUidMap'], account))
      const link = await GatewayClient.openAt(way)
      const { userlist, code } = await link.ask('login', plainLogin({ uid, cid, accid: account }))
      if (!Array.isArray(userlist)) throw new Error(`the gateway did not let ${account} in: ${JSON.stringify(code)}`)
      const urls = userlist.map((user) => String(field(user, 'url')))
      return { link, uid, push: urls[0] ?? '', other: urls[1] ?? '' }
    }
    const one = await session(caller, answer)
    const two = await session(callee, called)
    const playTwo = String(field(await one.link.next('clientJoin'), 'url'))
    const streams = [
      { push: one.push, plays: [two.other] },
      { push: two.push, plays: [playTwo] },
    ]
    return new Call(cid, [alice, bob], [one, two], streams)
  }

  beat(): void {
    for (const device of this.devices) void device.request('heartbeat', {}).catch(() => undefined)
    for (const { link, uid } of this.links) void link.ask('heartbeat', { uid, cid: this.cid }).catch(() => undefined)
  }

  async end(): Promise<void> {
    await this.devices[0]?.request('hangup', { channelId: this.cid })
    for (const device of this.devices) device.cut()
    for (const { link } of this.links) link.cut()
  }
}
