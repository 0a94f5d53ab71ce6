/**
 * A fake of NetEase's call SDK for mini-programs, by the observed behaviour of 7.7.0: state that a second caller spoils, late events and
 * one listener per event, ends that always have a normal code, answers that never come.
 */
import type { CallNim, NetcallSdk, SdkEvent } from '../../miniprogram/yunxin/sdk'
import { anyOf, cidOf, integer, list, text } from '../../miniprogram/yunxin/values'
import { GatewayLink } from './netcall-sdk-gateway'

type Listener = (payload: unknown) => void
type Fields = Record<string, unknown>

/** One per phone: the SDK has one instance. */
export class SdkDouble {
  private singleton: SdkInstanceDouble | null = null
  /** All instances so far. */
  readonly instances: SdkInstanceDouble[] = []

  getInstance = ({ nim }: { nim: CallNim }): unknown => {
    if (!this.singleton) {
      this.singleton = new SdkInstanceDouble(nim)
      this.instances.push(this.singleton)
    }
    return this.singleton
  }
  /** Drops the instance, which keeps running. */
  destroy = (): void => {
    this.singleton = null
  }
}

const NORMAL = { code: '0', desc: 'normally closed' }
const RETRIES = { number: 8, interval: 5_000 } as const

export class SdkInstanceDouble implements NetcallSdk {
  private readonly nim: CallNim
  private readonly listeners = new Map<SdkEvent, Listener>()
  private placed: unknown = null
  private called: unknown = null
  private status = { calling: false, isCaller: false, onTheCall: false, inited: false }
  private closeEvent = NORMAL
  private gateway: GatewayLink | null = null
  /** Counts from 1 until the first list of members, and from 0 after it. */
  private tries = 0
  private entering: { address: string; login: object } | null = null
  private encryption: Fields = {}

  constructor(nim: CallNim) {
    this.nim = nim
    nim.on('beCalled', (body) => {
      Object.assign(this.status, { calling: true, isCaller: false, inited: true })
      if (!this.status.onTheCall) this.called = body
    })
    nim.on('notifyCalleeAck', (body) => {
      if (anyOf(body, 'accepted')) this.status.onTheCall = true
      else this.destroy()
    })
    nim.on('notifyCalleeAckSync', () => this.destroy())
    nim.on('notifyHangup', (body) => this.peerLeft(body))
  }

  get listenerCount(): number {
    return this.listeners.size
  }
  on(event: SdkEvent, listener: Listener): void {
    this.listeners.set(event, listener)
  }
  off(event: SdkEvent): void {
    if (!this.listeners.delete(event)) throw new Error('event listener unbind failed')
  }
  fire(event: SdkEvent, payload?: unknown): void {
    setTimeout(() => this.listeners.get(event)?.(payload), 0)
  }

  async call(params: { type: number; callee: string | string[]; pushConfig?: object }): Promise<unknown> {
    if (this.status.calling) throw 'a call is under way'
    Object.assign(this.status, { calling: true, isCaller: true })
    const { type, callee, pushConfig } = params
    try {
      const accounts = Array.isArray(callee) ? callee : [callee]
      const answer = await this.nim.initNetcall({ type, accounts, pushConfig: { ...pushConfig }, webrtcEnable: true })
      this.placed = answer
      return anyOf(answer, 'accountUidMap')
    } catch (error) {
      this.destroy()
      throw error
    }
  }
  async response(params: { caller: string; accepted: boolean; type: number; cid: number }): Promise<void> {
    const { caller, accepted, type, cid } = params
    await this.nim.calleeAck({ account: caller, channelId: cid, type, accepted })
    Object.assign(this.status, { calling: accepted, isCaller: false, onTheCall: accepted })
  }
  async startRtc(params: { mode: number; recordType?: string }): Promise<unknown> {
    const channel = this.status.isCaller ? this.placed : this.called
    const uid = integer(anyOf(anyOf(channel, 'accountUidMap'), this.nim.account))
    this.status.inited = true
    this.enter(channel, text(anyOf(channel, 'serverMap')) ?? '', { ...params, uid, scene: 0 })
    return { uid: anyOf(channel, 'uid'), cid: cidOf(channel), account: this.nim.account }
  }
  async hangup(): Promise<void> {
    Object.assign(this.status, { onTheCall: false, calling: false })
    const channelId = cidOf(this.status.isCaller ? this.placed : this.called)
    if (channelId !== undefined) void this.nim.hangup({ channelId })
    setTimeout(() => this.destroy(), 0)
  }
  createChannel(params: { channelName: string; custom?: string }): Promise<unknown> {
    return this.nim.createChannel({ custom: '', ...params, webrtcEnable: true })
  }
  async joinChannel(params: { channelName: string; mode: number; role: number }): Promise<unknown> {
    if (this.status.inited) throw 'in a room already'
    const channel = await this.nim.joinChannel({ channelName: params.channelName })
    this.status.inited = true
    const accountUidMap = anyOf(channel, 'accountUidMap')
    const uid = integer(anyOf(accountUidMap, this.nim.account))
    this.enter(channel, text(anyOf(channel, 'serverMap')) ?? '', { ...params, uid, scene: 1 })
    return { accountUidMap, uid, cid: cidOf(channel), account: this.nim.account, custom: anyOf(channel, 'custom') }
  }
  async leaveChannel(): Promise<void> {
    if (!this.status.inited) throw 'not in a room'
    await this.close()
  }
  switchMode(mode: number): Promise<unknown> {
    if (!this.gateway) throw new TypeError('reading updatePushMode of null')
    const { gateway } = this
    // A refusal is not answered.
    return new Promise((resolve) => void gateway.ask(7, { mode }).then(resolve, () => {}))
  }
  setEncryptType(encryptType: number): void {
    this.encryption = { ...this.encryption, encryptType }
  }
  setEncryptKey(encryptKey: string): void {
    this.encryption = { ...this.encryption, encryptKey }
  }
  private destroy(): void {
    this.placed = null
    this.nim.protocol.setCurrentNetcall()
    void this.close()
  }

  private enter(channel: unknown, serverMap: string, wishes: Fields): void {
    const map: unknown = JSON.parse(serverMap)
    const cid = cidOf(channel)
    this.entering = {
      address: `wss://${text(list(anyOf(map, 'wechatapparray'))[0]) ?? ''}`,
      login: { usertype: 2, accid: this.nim.account, cid, token: String(cid), ...wishes, ...this.encryption },
    }
    this.open()
  }
  private open(): void {
    const { entering } = this
    if (!entering) return
    if (this.tries > RETRIES.number) {
      this.closeEvent = { code: '403', desc: 'retries used up' }
      return this.destroy()
    }
    this.tries += 1
    const gateway = new GatewayLink(entering.address)
    this.gateway = gateway
    gateway.onPush = (cmd, packet) => this.pushed(cmd, packet)
    // Reconnects with its initial mode.
    gateway.onOpen = () => void this.login(gateway, entering.login)
    gateway.onBroken = () => {
      if (this.gateway !== gateway) return
      this.gateway = null
      this.fire('willreconnect', { count: this.tries })
      setTimeout(() => this.gateway ?? this.open(), RETRIES.interval)
    }
  }
  private async login(gateway: GatewayLink, login: object): Promise<void> {
    try {
      const body = await gateway.ask(0, login)
      const userlist = list(anyOf(body, 'userlist')).map(named)
      this.fire('syncDone', { code: 200, userlist, connectCount: this.tries })
      this.tries = 0
    } catch (error) {
      this.fire('error', { code: integer(anyOf(error, 'code')), desc: 'login failed' })
      setTimeout(() => this.destroy(), 0)
    }
  }
  private pushed(cmd: number, packet: unknown): void {
    const body = anyOf(packet, 'body')
    if (cmd === 20) this.fire('clientJoin', named(body))
    // Updates lack their member, and an end has the whole packet.
    if (cmd === 22) this.fire('clientUpdate', { ...Object(body), accid: undefined, account: undefined })
    if (cmd === 23) this.fire('liveRoomClose', packet)
    if (cmd === 24 || cmd === 25) {
      this.fire('kicked', packet)
      this.closeEvent = cmd === 24 ? { code: '405', desc: 'kicked' } : { code: '406', desc: 'refused' }
      this.destroy()
    }
    if (cmd === 21 && anyOf(this.entering?.login, 'scene') === 0) this.peerLeft(body)
    else if (cmd === 21) this.fire('clientLeave', named(body))
  }
  private peerLeft(body: unknown): void {
    const onTheCall = this.status.onTheCall
    this.fire('hangup', { cid: cidOf(body), timetag: Date.now(), account: anyOf(body, 'account', 'accid') })
    if (onTheCall) void this.leaveChannel()
  }

  private async close(): Promise<void> {
    const { gateway } = this
    this.gateway = null
    this.entering = null
    this.tries = 0
    await gateway?.leave()
    Object.assign(this.status, { calling: false, isCaller: false, onTheCall: false, inited: false })
    this.fire('disconnect', { ...this.closeEvent })
    this.closeEvent = NORMAL
  }
}

/** A member in the SDK's shape. */
function named(user: unknown): object {
  const { accid, ...rest } = Object(user)
  return { ...rest, account: accid }
}
