import type { NetcallError } from '../netcall/errors'
import { asNetcallError } from '../netcall/failures'
import { Timer } from '../netcall/timer'
import type { NetcallEventName } from '../netcall/types'
import { readEvent } from './events'
import { failureOf } from './failures'
import { netcallInstance, type NetcallSdk, type Nim, type Sdk } from './sdk'

const EVENTS = Object.keys(readEvent).filter(isEventName)
/** How long the SDK may take to let go of a call, in ms; then a new instance takes its place all the same. */
const CLOSING_TIME = 3_000

export interface InstanceOwner {
  hear(event: NetcallEventName, payload: unknown): void
  /** A new instance is there, which knows nothing. */
  renewed(): void
  /** The SDK could not let go of a call in the proper way. */
  notLetGo(error: NetcallError): void
}

/**
 * The SDK's instance on a link. It keeps state of a call that is over, and listeners for as long as it lives: after each
 * call a new one takes its place, with one listener an event, and the old one is heard no more.
 */
export class SdkInstance {
  private readonly sdk: Sdk
  private readonly nim: Nim
  private readonly owner: InstanceOwner
  private current: NetcallSdk
  private stop: () => void
  private disposed = false
  /** The call's or room's first step, which the SDK can let go of only when it has been answered. */
  private firstStep: Promise<unknown> | null = null
  /** Resolves when the SDK has let go of the last call. */
  private closing: Promise<void> | null = null

  constructor(sdk: Sdk, nim: Nim, owner: InstanceOwner) {
    this.sdk = sdk
    this.nim = nim
    this.owner = owner
    // One that another account left behind is not for this one.
    this.sdk.Netcall.destroy?.()
    this.current = netcallInstance(sdk, nim)
    this.stop = this.listen()
  }

  /** Runs a method, which may throw, reject or never have heard of promises; rejects with a `NetcallError`. */
  async ask(method: string, run: (sdk: NetcallSdk) => unknown): Promise<unknown> {
    await this.closing
    return this.run(method, run)
  }
  /** The same for what begins a call or brings into a session. */
  askFirst(method: string, run: (sdk: NetcallSdk) => unknown): Promise<unknown> {
    const step = this.ask(method, run)
    this.firstStep = step
    return step
  }

  /** Ends the SDK's part in the call, in that way if it is still in it. Never rejects. */
  letGo(way: 'hangup' | 'leaveChannel' | null): Promise<void> {
    const { firstStep } = this
    this.firstStep = null
    const limit = new Timer()
    const inTime = new Promise<void>((resolve) => limit.start(CLOSING_TIME, resolve))
    const told = way && this.tell(way, firstStep)
    const closing = Promise.race([told, inTime]).then(() => {
      limit.stop()
      if (this.closing === closing) this.closing = null
      this.renew()
    })
    this.closing = closing
    return closing
  }

  dispose(): void {
    this.disposed = true
    this.stop()
    this.sdk.Netcall.destroy?.()
  }

  private renew(): void {
    if (this.disposed) return
    this.stop()
    this.sdk.Netcall.destroy?.()
    this.current = netcallInstance(this.sdk, this.nim)
    this.stop = this.listen()
    this.owner.renewed()
  }

  private async run(method: string, run: (sdk: NetcallSdk) => unknown): Promise<unknown> {
    try {
      return await run(this.current)
    } catch (thrown) {
      throw failureOf(method, thrown)
    }
  }

  private async tell(way: 'hangup' | 'leaveChannel', firstStep: Promise<unknown> | null): Promise<void> {
    // How it went, who took that step knows.
    await firstStep?.catch(() => {})
    try {
      await this.run(way, (sdk) => sdk[way]())
    } catch (error) {
      this.owner.notLetGo(asNetcallError(error))
    }
  }

  private listen(): () => void {
    const instance = this.current
    let stopped = false
    const stops = EVENTS.map((event) => {
      const listener = (payload: unknown): void => {
        // What the SDK says while it lets go of a call is of that call; a caller repeats the ring soon.
        if (!stopped && (!this.closing || event === 'error')) this.owner.hear(event, payload)
      }
      instance.on(event, listener)
      return () => instance.off(event, listener)
    })
    return () => {
      stopped = true
      for (const stop of stops) stop()
    }
  }
}

function isEventName(name: string): name is NetcallEventName {
  return name in readEvent
}
