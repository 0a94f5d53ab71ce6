import { NetcallError } from '../netcall/errors'
import { asNetcallError } from '../netcall/failures'
import { Timer } from '../netcall/timer'
import type { Cid } from '../netcall/types'
import { InstanceNim } from './instance-nim'
import { failureOf } from './failures'
import {
  netcallInstance,
  SDK_EVENTS,
  type CallNim,
  type CallNotification,
  type NetcallSdk,
  type Sdk,
  type SdkEvent,
} from './sdk'

/** Timeout of a method, ms: some never settle if refused. A request of the IM SDK takes 8 s at most. */
const ANSWER_TIME = 12_000
/** How long the SDK may take to release a call, ms; after that a new instance replaces it anyway. */
const CLOSING_TIME = 3_000

interface InstanceOwner {
  handle(event: SdkEvent, payload: unknown): void
  /** The service's answer to a placed call: it has the channel id, which the SDK does not expose. */
  placed(answer: unknown): void
  /** A new instance, without state. */
  made(netcall: NetcallSdk): void
  /** The SDK could not release a call properly. */
  notLetGo(error: NetcallError): void
}
/** How the SDK releases a call: hangup, leaving the room, or stopping without notification. */
export type Way = 'hangup' | 'leaveChannel' | 'quietly'

/** The SDK's instance on a connection. It keeps state of ended calls: after each call a new one replaces it. */
export class SdkInstance {
  private readonly sdk: Sdk
  private readonly nim: CallNim
  private readonly owner: InstanceOwner
  private current: { netcall: NetcallSdk; nim: InstanceNim }
  private disposed = false
  /** The first step of the call or room; the SDK can release it only after it has settled. */
  private firstStep: Promise<unknown> | null = null
  /** Resolves when the SDK has released the last call. */
  private closing: Promise<void> | null = null

  constructor(sdk: Sdk, nim: CallNim, owner: InstanceOwner) {
    this.sdk = sdk
    this.nim = nim
    this.owner = owner
    this.current = this.make()
  }

  /** Runs a method that may throw, reject or never settle; rejects with a `NetcallError`. */
  async ask(method: string, run: (netcall: NetcallSdk) => unknown): Promise<unknown> {
    await this.closing
    return this.run(method, run)
  }
  /** The same for methods that begin or answer a call, or enter a session. */
  askFirst(method: string, run: (netcall: NetcallSdk) => unknown): Promise<unknown> {
    const step = this.ask(method, run)
    this.firstStep = step
    return step
  }

  /** Passes an IM event to the SDK: only those of its own call. */
  tell(notification: CallNotification, body: unknown): void {
    this.current.nim.tell(notification, body)
  }
  /** The call was answered: it stops ringing everywhere. */
  stopCalling(): void {
    this.current.nim.protocol.setCurrentNetcall()
  }
  /** Sends past the SDK, for a call that is not the SDK's. Rejects with a `NetcallError`. */
  async past(method: 'calleeAck' | 'keepCalling' | 'netcallControl', body: object): Promise<void> {
    await limited(method, this.current.nim[method](body))
  }
  /** Notifies the others, earlier than the SDK would, or after it has dropped the call. Never rejects. */
  async hangUpPast(cid: Cid): Promise<void> {
    await this.current.nim.tellHangup(cid)
  }

  /** Ends the call in the SDK. Never rejects. */
  letGo(way: Way): Promise<void> {
    const { firstStep } = this
    this.firstStep = null
    const closing = limited(way, this.stop(way, firstStep), CLOSING_TIME)
      .catch(() => this.abandon(way, firstStep))
      .then(() => {
        if (this.closing === closing) this.closing = null
        this.renew()
      })
    this.closing = closing
    return closing
  }

  dispose(): void {
    this.disposed = true
    this.abandon('quietly', this.firstStep)
    this.unmake()
  }

  private make(): { netcall: NetcallSdk; nim: InstanceNim } {
    // An event left by another connection or call.
    this.sdk.Netcall.destroy?.()
    const nim = new InstanceNim(this.nim, {
      placed: (answer) => {
        // A call that was cancelled before its answer is not the next one.
        if (!this.closing) this.owner.placed(answer)
      },
      hangupFailed: (error) => this.owner.notLetGo(error),
    })
    const netcall = netcallInstance(this.sdk, nim)
    for (const event of SDK_EVENTS) {
      netcall.on(event, (payload) => {
        // Events while the SDK releases a call belong to that call.
        if (!this.closing) this.owner.handle(event, payload)
      })
    }
    this.owner.made(netcall)
    return { netcall, nim }
  }
  private unmake(): void {
    const { netcall, nim } = this.current
    nim.close()
    for (const event of SDK_EVENTS) netcall.off(event)
  }

  private renew(): void {
    if (this.disposed) return
    this.unmake()
    this.current = this.make()
  }

  /** Leaves in any state: now, and again when its first step has settled, which enters the session. */
  private abandon(way: Way, firstStep: Promise<unknown> | null): void {
    const { nim, netcall } = this.current
    if (way === 'quietly') nim.beQuiet()
    const leave = (): void =>
      void limited(
        'hangup',
        begun(() => netcall.hangup()),
      ).catch(() => {})
    leave()
    firstStep?.then(leave, leave)
  }

  private run(method: string, run: (netcall: NetcallSdk) => unknown): Promise<unknown> {
    const { netcall } = this.current
    return limited(
      method,
      begun(() => run(netcall)),
    )
  }

  private async stop(way: Way, firstStep: Promise<unknown> | null): Promise<void> {
    const isIn = !firstStep || (await succeeded(firstStep))
    try {
      if (way === 'quietly') this.current.nim.beQuiet()
      // Without having joined there is no room to leave; "hangup" stops everything.
      const method = way === 'leaveChannel' && isIn ? way : 'hangup'
      await this.run(method, (netcall) => netcall[method]())
    } catch (error) {
      this.owner.notLetGo(asNetcallError(error))
    }
    await this.current.nim.settled()
  }
}

function succeeded(step: Promise<unknown>): Promise<boolean> {
  return step.then(
    () => true,
    () => false,
  )
}

/** Exceptions are rejections, too. */
async function begun(run: () => unknown): Promise<unknown> {
  return run()
}

/** The result, or a `NetcallError` on failure or timeout. */
async function limited(method: string, answer: Promise<unknown>, time = ANSWER_TIME): Promise<unknown> {
  const limit = new Timer()
  const late = new Promise<never>((_resolve, reject) =>
    limit.start(time, () => reject(new NetcallError('timeout', `${method}: no answer in ${time} ms`))),
  )
  try {
    return await Promise.race([answer, late])
  } catch (error) {
    throw failureOf(method, error)
  } finally {
    limit.stop()
  }
}
