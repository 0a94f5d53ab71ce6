import { NetcallError } from '../../miniprogram/netcall/errors'
import { Instance } from '../../miniprogram/netcall/instance'
import type { CallIm, ImEventName, ImEvents } from '../../miniprogram/netcall/im'
import type { JoinedChannel, Listener, Netcall, NetcallEventName, NetcallEvents } from '../../miniprogram/netcall/types'
import { deferred } from './deferred'

/** Listeners by event name, for both fakes. */
class Listeners<Events> {
  private readonly sets: { [E in keyof Events]?: Set<(payload: Events[E]) => void> } = {}
  add<E extends keyof Events>(event: E, handler: (payload: Events[E]) => void): void {
    const set = this.sets[event] ?? new Set()
    this.sets[event] = set.add(handler)
  }
  remove<E extends keyof Events>(event: E, handler: (payload: Events[E]) => void): void {
    this.sets[event]?.delete(handler)
  }
  fire<E extends keyof Events>(event: E, payload: Events[E]): void {
    for (const handler of this.sets[event] ?? []) handler(payload)
  }
  get count(): number {
    return Object.values<Set<unknown> | undefined>(this.sets).reduce((sum, set) => sum + (set?.size ?? 0), 0)
  }
}

/** A netcall instance that records requests and emits the test's events. */
export class FakeNetcall extends Instance implements Netcall {
  /** Method → the error it rejects with. */
  readonly failures: Record<string, Error> = {}
  /** Method → errors of its next calls, one each. */
  readonly failing: Record<string, Error[]> = {}
  /** The room to be joined. */
  room: { cid: number; uid: number; custom?: string } = { cid: 1, uid: 1 }
  /** Its members, the local user included; null if the gateway does not send them by itself. */
  present: string[] | null = null
  private readonly held: Record<string, Promise<void>> = {}
  /** The service's number for an outgoing call. */
  placed: number | null = null
  private readonly noted: Array<{ method: string; argument: unknown }> = []
  private listening = 0

  constructor() {
    super(false)
  }

  calls(method: string): unknown[] {
    return this.noted.filter((call) => call.method === method).map(({ argument }) => argument)
  }
  listenerCount(): number {
    return this.listening
  }
  override on<E extends NetcallEventName>(event: E, listener: Listener<NetcallEvents[E]>): void {
    this.listening++
    super.on(event, listener)
  }
  override off<E extends NetcallEventName>(event: E, listener: Listener<NetcallEvents[E]>): void {
    this.listening--
    super.off(event, listener)
  }
  /** Logs in at the gateway with these accounts in the session. */
  enter(cid: number, accounts: string[], host = 'media'): void {
    const userlist = accounts.map((account, index) => ({
      account,
      cid,
      uid: index + 1,
      url: `rtmp://${host}/live/${cid}-${index + 1}`,
      mode: 0 as const,
    }))
    this.emit('syncDone', { code: 200, userlist, connectCount: 1 })
  }

  /** The next results of this method wait until the returned function is called. */
  hold(method: string): () => void {
    const { promise, resolve } = deferred<void>()
    this.held[method] = promise
    return () => {
      delete this.held[method]
      resolve()
    }
  }

  private async answer<T>(method: string, argument: unknown, value: T): Promise<T> {
    this.noted.push({ method, argument })
    const failure = this.failing[method]?.shift() ?? this.failures[method]
    await this.held[method]
    if (failure) throw failure
    return value
  }
  private async join(params: unknown): Promise<JoinedChannel> {
    const { present, room } = this
    const joined = await this.answer('joinChannel', params, { account: 'alice', accountUidMap: {}, ...room })
    // Like the real one: members are emitted right after the answer.
    if (present) queueMicrotask(() => this.enter(room.cid, present))
    return joined
  }
  call: Netcall['call'] = (params) => this.answer('call', params, {})
  response: Netcall['response'] = (params) => this.answer('response', params, undefined)
  startRtc: Netcall['startRtc'] = (params) => this.answer('startRtc', params, { uid: 1, cid: 1, account: 'alice' })
  hangup: Netcall['hangup'] = () => this.answer('hangup', null, undefined)
  control: Netcall['control'] = (params) => this.answer('control', params, undefined)
  createChannel: Netcall['createChannel'] = (params) => this.answer('createChannel', params, { timetag: 0 })
  joinChannel: Netcall['joinChannel'] = (params) => this.join(params)
  leaveChannel: Netcall['leaveChannel'] = () => this.answer('leaveChannel', null, undefined)
  switchMode: Netcall['switchMode'] = (mode) => this.answer('switchMode', mode, undefined)
  getStatus: Netcall['getStatus'] = () =>
    this.answer('getStatus', null, {
      account: 'alice',
      phase: 'idle' as const,
      cid: this.placed,
      uid: null,
      mode: null,
      connected: true,
    })
  setEncryptType: Netcall['setEncryptType'] = (type) => this.answer('setEncryptType', type, undefined)
  setEncryptKey: Netcall['setEncryptKey'] = (key) => this.answer('setEncryptKey', key, undefined)
}

/** An IM object that records sent messages and receives the test's. */
export class FakeIm implements CallIm {
  readonly options = { appKey: 'local', token: 'token' }
  readonly protocol = { setCurrentNetcall: (): void => {} }
  readonly connected = true
  readonly sent: Array<{ to: string; content: string }> = []
  private readonly listeners = new Listeners<ImEvents>()

  constructor(readonly account: string) {}

  listenerCount(): number {
    return this.listeners.count
  }
  fire<E extends ImEventName>(event: E, payload: ImEvents[E]): void {
    this.listeners.fire(event, payload)
  }
  receive(from: string, content: string): void {
    this.fire('message', { from, content, timetag: 0 })
  }
  on<E extends ImEventName>(event: E, listener: (payload: ImEvents[E]) => void): void {
    this.listeners.add(event, listener)
  }
  removeListener<E extends ImEventName>(event: E, listener: (payload: ImEvents[E]) => void): void {
    this.listeners.remove(event, listener)
  }
  connect = (): Promise<void> => Promise.resolve()
  disconnect(): void {}
  readonly renewed: string[] = []
  renew(token: string): void {
    this.renewed.push(token)
  }
  contacts: CallIm['contacts'] = () => Promise.resolve([])
  /** Unreachable accounts. */
  readonly offline = new Set<string>()
  sendCustomMessage: CallIm['sendCustomMessage'] = (message) => {
    if (this.offline.has(message.to))
      return Promise.reject(new NetcallError('callee-offline', `${message.to} is offline`))
    this.sent.push(message)
    return Promise.resolve({ timetag: 0 })
  }
  private readonly unused = (): Promise<never> => Promise.reject(new Error('the controller goes through netcall'))
  initNetcall: CallIm['initNetcall'] = this.unused
  keepCalling: CallIm['keepCalling'] = this.unused
  calleeAck: CallIm['calleeAck'] = this.unused
  hangup: CallIm['hangup'] = this.unused
  netcallControl: CallIm['netcallControl'] = this.unused
  createChannel: CallIm['createChannel'] = this.unused
  joinChannel: CallIm['joinChannel'] = this.unused
  queryAccountUidMap: CallIm['queryAccountUidMap'] = this.unused
}
