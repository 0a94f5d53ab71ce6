import { NETCALL_CONSTANTS } from '../../miniprogram/netcall/constants'
import type { Im, ImEventName, ImEvents } from '../../miniprogram/netcall/im'
import type { Listener, Netcall, NetcallEventName, NetcallEvents } from '../../miniprogram/netcall/types'

type Handler = (payload: never) => void

/** Listeners by event name, for the two fakes. */
class Listeners {
  private readonly handlers: Array<{ event: string; handler: Handler }> = []
  add(event: string, handler: Handler): void {
    this.handlers.push({ event, handler })
  }
  remove(event: string, handler: Handler): void {
    const at = this.handlers.findIndex((entry) => entry.event === event && entry.handler === handler)
    if (at >= 0) this.handlers.splice(at, 1)
  }
  fire(event: string, payload: unknown): void {
    for (const entry of this.handlers.filter((each) => each.event === event)) entry.handler(payload as never)
  }
  get count(): number {
    return this.handlers.length
  }
}

/** A netcall instance that notes what it is asked and says what the test wants. */
export class FakeNetcall {
  /** Method → the error it rejects with. */
  readonly failures: Record<string, Error> = {}
  private readonly noted: Array<{ method: string; argument: unknown }> = []
  private readonly listeners = new Listeners()

  calls(method: string): unknown[] {
    return this.noted.filter((call) => call.method === method).map(({ argument }) => argument)
  }
  listenerCount(): number {
    return this.listeners.count
  }
  emit<E extends NetcallEventName>(event: E, payload: NetcallEvents[E]): void {
    this.listeners.fire(event, payload)
  }
  /** The gateway lets me in with these accounts in the session. */
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

  on<E extends NetcallEventName>(event: E, listener: Listener<NetcallEvents[E]>): void {
    this.listeners.add(event, listener)
  }
  off<E extends NetcallEventName>(event: E, listener: Listener<NetcallEvents[E]>): void {
    this.listeners.remove(event, listener)
  }
  once = this.on
  eventReset(): void {}

  private answer<T>(method: string, argument: unknown, value: T): Promise<T> {
    this.noted.push({ method, argument })
    const failure = this.failures[method]
    return failure ? Promise.reject(failure) : Promise.resolve(value)
  }
  call: Netcall['call'] = (params) => this.answer('call', params, {})
  response: Netcall['response'] = (params) => this.answer('response', params, undefined)
  startRtc: Netcall['startRtc'] = (params) => this.answer('startRtc', params, { uid: 1, cid: 1, account: 'alice' })
  hangup: Netcall['hangup'] = () => this.answer('hangup', null, undefined)
  control: Netcall['control'] = (params) => this.answer('control', params, undefined)
  createChannel: Netcall['createChannel'] = (params) => this.answer('createChannel', params, { timetag: 0 })
  joinChannel: Netcall['joinChannel'] = (params) =>
    this.answer('joinChannel', params, { uid: 1, cid: 1, account: 'alice', accountUidMap: {} })
  leaveChannel: Netcall['leaveChannel'] = () => this.answer('leaveChannel', null, undefined)
  switchMode: Netcall['switchMode'] = (mode) => this.answer('switchMode', mode, undefined)
  getStatus: Netcall['getStatus'] = () =>
    this.answer('getStatus', null, {
      account: 'alice',
      phase: 'idle' as const,
      cid: null,
      uid: null,
      mode: null,
      connected: true,
    })
  setEncryptType: Netcall['setEncryptType'] = (type) => this.answer('setEncryptType', type, undefined)
  setEncryptKey: Netcall['setEncryptKey'] = (key) => this.answer('setEncryptKey', key, undefined)
}
export interface FakeNetcall extends Netcall {}
Object.assign(FakeNetcall.prototype, NETCALL_CONSTANTS)

/** An IM link that notes what is sent and receives what the test wants. */
export class FakeIm implements Im {
  readonly options = { appKey: 'local', token: 'token' }
  readonly protocol = { setCurrentNetcall: (): void => {} }
  readonly connected = true
  readonly sent: Array<{ to: string; content: string }> = []
  private readonly listeners = new Listeners()

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
  contacts: Im['contacts'] = () => Promise.resolve([])
  sendCustomMessage: Im['sendCustomMessage'] = (message) => {
    this.sent.push(message)
    return Promise.resolve({ timetag: 0 })
  }
  private readonly unused = (): Promise<never> => Promise.reject(new Error('the controller goes through netcall'))
  initNetcall: Im['initNetcall'] = this.unused
  keepCalling: Im['keepCalling'] = this.unused
  calleeAck: Im['calleeAck'] = this.unused
  hangup: Im['hangup'] = this.unused
  netcallControl: Im['netcallControl'] = this.unused
  createChannel: Im['createChannel'] = this.unused
  joinChannel: Im['joinChannel'] = this.unused
  queryAccountUidMap: Im['queryAccountUidMap'] = this.unused
}
