/**
 * A double of NetEase's SDKs for the adapter's tests: the local service's clients behind the SDKs' documented surface, with
 * the ways that the SDK is known for.
 */
import { LocalIm } from '../../miniprogram/netcall/local/im'
import { LocalNetcall } from '../../miniprogram/netcall/local/netcall'
import type { Timing } from '../../miniprogram/netcall/local/timing'
import type { NetcallEventName } from '../../miniprogram/netcall/types'
import { readEvent } from '../../miniprogram/yunxin/events'
import type { Done, NetcallClass, NetcallSdk, Nim, NimClass, NimOptions } from '../../miniprogram/yunxin/sdk'

/** `nim` as the contract has it: the local service's IM side is one, and beside it has what an app wants of the IM SDK. */
export class ServiceNim extends LocalIm implements Nim {
  private told: Promise<void> = Promise.resolve()

  constructor(host: string, options: NimOptions, timing: Timing) {
    super({ service: `http://${host}`, account: options.account, token: options.token }, timing)
    this.on('connect', (link) => options.onconnect(link))
    this.on('willreconnect', ({ count }) => options.onwillreconnect({ retryCount: String(count), duration: 1 }))
    this.on('disconnect', ({ reason, message }) => options.ondisconnect({ code: reason, message }))
    this.on('message', ({ from, content, timetag }) =>
      options.oncustomsysmsg({ scene: 'p2p', from, content, time: String(timetag) }),
    )
    this.on('presence', (contact) => options.onpushevents({ msgEvents: [presence(contact)] }))
    this.subscribeEvent = ({ accounts, done }) =>
      this.answer(done, async () => {
        const online = (await this.contacts()).filter(({ account }) => accounts.includes(account))
        options.onpushevents({ msgEvents: online.filter((contact) => contact.online).map(presence) })
      })
    this.connect().catch((error: unknown) => options.ondisconnect({ code: 302, message: messageOf(error) }))
  }

  subscribeEvent: Nim['subscribeEvent']
  getFriends: Nim['getFriends'] = ({ done }) =>
    this.answer(done, async () => (await this.contacts()).map(({ account }) => ({ account, valid: true })))
  sendCustomSysMsg: Nim['sendCustomSysMsg'] = ({ to, content, done }) =>
    this.answer(done, async () => ({ to, time: String((await this.sendCustomMessage({ to, content })).timetag) }))
  destroy: Nim['destroy'] = ({ done }) => void this.end(done)

  private async end(done: () => void): Promise<void> {
    this.disconnect()
    await this.told
    done()
  }
  private answer(done: Done, ask: () => Promise<unknown>): void {
    this.told = tell(done, ask)
  }
}

async function tell(done: Done, ask: () => Promise<unknown>): Promise<void> {
  try {
    done(null, await ask())
  } catch (error) {
    done({ message: messageOf(error), code: '500' }, null)
  }
}

/** The IM SDK over the service at that host. */
export function nimClass(host: string, timing: Timing, plugged: (plugin: NetcallClass) => void = () => {}): NimClass {
  return { use: plugged, getInstance: (options) => new ServiceNim(host, options, timing) }
}

/** The call SDK: one for each account, as each phone has its own. */
export class QuirkyNetcall {
  private singleton: QuirkyInstance | null = null
  /** Every instance there was. */
  readonly instances: QuirkyInstance[] = []
  constructor(private readonly timing: Timing) {}

  getInstance = ({ nim }: { nim: Nim }): unknown => {
    if (!(nim instanceof ServiceNim)) throw new Error('nim is no IM object')
    if (this.singleton) return this.singleton
    this.singleton = new QuirkyInstance(nim, this.timing)
    this.instances.push(this.singleton)
    return this.singleton
  }
  /** Forgets the singleton, which goes on living. */
  destroy = (): void => {
    this.singleton = null
  }
}

type Heard = (payload: unknown) => void

/** Numbers as strings, errors as strings and objects, answers after the events they bring, state that outlives a call. */
export class QuirkyInstance implements NetcallSdk {
  private readonly inner: LocalNetcall
  private readonly listeners: Array<{ event: string; heard: Heard }> = []
  /** A call was here. */
  private used = false

  constructor(nim: ServiceNim, timing: Timing) {
    this.inner = new LocalNetcall({ im: nim }, timing)
    for (const event of Object.keys(readEvent)) if (isEvent(event)) this.pass(event)
  }

  get listenerCount(): number {
    return this.listeners.length
  }
  on(event: string, heard: Heard): void {
    this.listeners.push({ event, heard })
  }
  off(event: string, heard: Heard): void {
    const at = this.listeners.findIndex((entry) => entry.event === event && entry.heard === heard)
    if (at >= 0) this.listeners.splice(at, 1)
  }
  fire(event: string, payload: unknown): void {
    for (const { heard } of this.listeners.filter((entry) => entry.event === event)) heard(payload)
  }

  call(params: { type: 1 | 2; callee: string | string[] }): unknown {
    if (!params.callee) throw 'callee is missing'
    this.begin()
    return late(this.inner.call(params), (error) => codeOf(error))
  }
  response(params: { caller: string; accepted: boolean; type: 1 | 2; cid: number }): unknown {
    if (params.accepted) this.begin()
    return late(this.inner.response(params), wrapped)
  }
  startRtc(params: { mode: 0 | 1 | 2 | 3; recordType?: '0' | '1' | '2' }): unknown {
    if (typeof params.recordType !== 'string') throw 'recordType is not a string'
    return late(this.inner.startRtc(params), wrapped)
  }
  joinChannel(params: {
    channelName: string
    mode: 0 | 1 | 2 | 3
    role: 0 | 1
    recordType?: '0' | '1' | '2'
  }): unknown {
    if (typeof params.recordType !== 'string') throw 'recordType is not a string'
    this.begin()
    return late(this.inner.joinChannel(params), wrapped)
  }
  hangup = (): unknown => late(this.inner.hangup(), wrapped)
  leaveChannel = (): unknown => late(this.inner.leaveChannel(), wrapped)
  control = (params: { command: 1; cid: number }): unknown => late(this.inner.control(params), wrapped)
  createChannel = (params: { channelName: string }): unknown => late(this.inner.createChannel(params), wrapped)
  switchMode = (mode: 0 | 1 | 2 | 3): unknown => late(this.inner.switchMode(mode), wrapped)
  getStatus = (): unknown => late(this.inner.getStatus(), wrapped)
  setEncryptType = (type: 0 | 2): unknown => late(this.inner.setEncryptType(type), wrapped)
  setEncryptKey = (key: string): unknown => late(this.inner.setEncryptKey(key), wrapped)

  private begin(): void {
    if (this.used) throw { message: 'a call is under way', code: '409' }
    this.used = true
  }
  private pass(event: NetcallEventName): void {
    this.inner.on(event, (payload) => {
      // Who is in a call still does not ring.
      if (event === 'beCalling' && this.used) return
      this.fire(event, inStrings(event === 'syncDone' ? { ...payload, connectCount: undefined } : payload))
    })
  }
}

/** The answer as the SDK gives it: later than the events it brings, its numbers as strings. */
async function late(answer: Promise<unknown>, failed: (error: unknown) => unknown): Promise<unknown> {
  try {
    const value = await answer
    await new Promise((resolve) => setTimeout(resolve, 5))
    return inStrings(value)
  } catch (error) {
    throw failed(error)
  }
}
function inStrings(value: unknown): unknown {
  if (typeof value === 'number') return String(value)
  if (Array.isArray(value)) return value.map(inStrings)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, inStrings(inner)]))
}
function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : error
}
function wrapped(error: unknown): unknown {
  return { event: { code: codeOf(error), message: messageOf(error) } }
}
function messageOf(error: unknown): string {
  return error instanceof Error || (typeof error === 'object' && error !== null && 'message' in error)
    ? String(error.message)
    : String(error)
}
function presence({ account, online }: { account: string; online: boolean }): unknown {
  return { type: '1', value: online ? '1' : '3', account }
}
function isEvent(name: string): name is NetcallEventName {
  return name in readEvent
}
