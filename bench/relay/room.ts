import { NETCALL_TIMING, SCENE } from '../../miniprogram/netcall/constants'
import type { GatewayLogin } from '../../miniprogram/netcall/protocol'
import { GatewayClient, plainLogin } from '../../test/support/gateway-client'
import { SignalClient } from '../../test/support/signal-client'
import { field, tokenOf } from './accounts'
import type { StreamUrls } from './engine'

/** Recording of each member; none by default. */
type Wish = Partial<Pick<GatewayLogin, 'recordAudio' | 'recordVideo' | 'recordType'>>

/** A room of protocol clients, each of which publishes and plays all others. */
export class Room {
  private readonly members: Member[] = []

  private constructor(
    private readonly url: string,
    private readonly name: string,
    private readonly recording: Wish,
  ) {}

  /** Opens or joins the room; accounts join in sequence, by both sockets like a phone. */
  static async open(url: string, name: string, accounts: readonly string[], recording: Wish = {}): Promise<Room> {
    const room = new Room(url, name, recording)
    for (const account of accounts) await room.enter(account)
    return room
  }

  /** Waits until each member knows that many others. */
  async meet(others: number): Promise<void> {
    await Promise.all(this.members.map((member) => member.meet(others)))
  }

  /** First these members' URLs, then those of the others. */
  get streams(): StreamUrls[] {
    const own = this.members.map(({ uid, push }) => ({ push, plays: this.playsOf(uid) }))
    const uids = new Set(this.members.map(({ uid }) => uid))
    const met = new Set(this.members.flatMap(({ plays }) => [...plays.keys()].filter((uid) => !uids.has(uid))))
    return [...own, ...Array.from(met, (uid) => ({ push: null, plays: this.playsOf(uid) }))]
  }

  async leave(): Promise<void> {
    for (const member of this.members) await member.leave()
  }

  private playsOf(uid: number): string[] {
    return this.members.flatMap(({ plays }) => plays.get(uid) ?? [])
  }

  private async enter(account: string): Promise<void> {
    const member = await Member.enter(this.url, this.name, account, this.members.length === 0, this.recording)
    await this.meet(this.members.length)
    this.members.push(member)
  }
}

class Member {
  private readonly beating: NodeJS.Timeout

  private constructor(
    private readonly device: SignalClient,
    private readonly link: GatewayClient,
    private readonly cid: number,
    readonly uid: number,
    readonly push: string,
    /** By the uid of the stream's member. */
    readonly plays: Map<number, string>,
  ) {
    // From its own join on, like phones: not all at once.
    this.beating = setInterval(() => {
      void device.request('heartbeat', {}).catch(() => undefined)
      void link.ask('heartbeat', { uid, cid }).catch(() => undefined)
    }, NETCALL_TIMING.heartbeatInterval)
  }

  static async enter(url: string, room: string, account: string, first: boolean, recording: Wish): Promise<Member> {
    const token = await tokenOf(url, account)
    const device = await SignalClient.open(url.replace('http:', 'ws:'), account, token)
    // Refused: it is open already.
    if (first) await device.ask('createChannel', { channelName: room, custom: '', webrtcEnable: true })
    const joined = await device.request('joinChannel', { channelName: room })
    const cid = Number(joined['channelId'])
    const uid = Number(field(joined['accountUidMap'], account))
    const link = await GatewayClient.openAt(joined)
    const login = { ...plainLogin({ uid, cid, accid: account }), scene: SCENE.MEETING, ...recording }
    const { userlist, errmsg } = await link.ask('login', login)
    const users: unknown[] = Array.isArray(userlist) ? userlist : []
    const urls = new Map(users.map((user) => [Number(field(user, 'uid')), String(field(user, 'url'))]))
    const push = urls.get(uid)
    if (push === undefined) throw new Error(`the gateway did not let ${account} in: ${String(errmsg)}`)
    urls.delete(uid)
    return new Member(device, link, cid, uid, push, urls)
  }

  async meet(others: number): Promise<void> {
    while (this.plays.size < others) {
      const { uid, url } = await this.link.next('clientJoin')
      this.plays.set(Number(uid), String(url))
    }
  }

  async leave(): Promise<void> {
    clearInterval(this.beating)
    await this.device.request('hangup', { channelId: this.cid })
    this.device.cut()
    this.link.cut()
  }
}
