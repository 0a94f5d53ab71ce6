import { NetcallError } from '../netcall/errors'
import { asNetcallError } from '../netcall/failures'
import { Timer } from '../netcall/timer'
import type { Cid } from '../netcall/types'
import { CallLink } from './call-link'
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

/** How long a method may take, in ms: some never answer when they are refused. A request of the IM SDK takes 8 s at most. */
const ANSWER_TIME = 12_000
/** How long the SDK may take to let go of a call, in ms; then a new instance takes its place all the same. */
const CLOSING_TIME = 3_000

export interface InstanceOwner {
  hear(event: SdkEvent, payload: unknown): void
  /** The service's answer to a call that was placed: it has the call's number, which the SDK keeps to itself. */
  placed(answer: unknown): void
  /** A new instance is there, which knows nothing. */
  made(netcall: NetcallSdk): void
  /** The SDK could not let go of a call in the proper way. */
  notLetGo(error: NetcallError): void
}
/** How the SDK lets go of a call: it tells the others, it leaves the room, or it stops and tells nobody, who know. */
export type Way = 'hangup' | 'leaveChannel' | 'quietly'

/** The SDK's instance on a link. It keeps state of a call that is over: after each call a new one takes its place. */
export class SdkInstance {
  private readonly sdk: Sdk
  private readonly nim: CallNim
  private readonly owner: InstanceOwner
  private current: { netcall: NetcallSdk; link: CallLink }
  private disposed = false
  /** The call's or room's first step, which the SDK can let go of only when it has been answered. */
  private firstStep: Promise<unknown> | null = null
  /** Resolves when the SDK has let go of the last call. */
  private closing: Promise<void> | null = null

  constructor(sdk: Sdk, nim: CallNim, owner: InstanceOwner) {
    this.sdk = sdk
    this.nim = nim
    this.owner = owner
    this.current = this.make()
  }

  /** Runs a method, which may throw, reject or never answer; rejects with a `NetcallError`. */
  async ask(method: string, run: (netcall: NetcallSdk) => unknown): Promise<unknown> {
    await this.closing
    return this.run(method, run)
  }
  /** The same for what begins a call, answers one, or brings into a session. */
  askFirst(method: string, run: (netcall: NetcallSdk) => unknown): Promise<unknown> {
    const step = this.ask(method, run)
    this.firstStep = step
    return step
  }

  /** Tells the SDK what the IM side told: it hears of its own call only. */
  tell(notification: CallNotification, body: unknown): void {
    this.current.link.tell(notification, body)
  }
  /** The call was answered: it rings nowhere any more. */
  stopCalling(): void {
    this.current.link.protocol.setCurrentNetcall()
  }
  /** What is said past the SDK, of a call that is not the SDK's. Rejects with a `NetcallError`. */
  async past(method: 'calleeAck' | 'keepCalling' | 'netcallControl', body: object): Promise<void> {
    await limited(method, this.current.link[method](body))
  }
  /** Tells the others, sooner than the SDK would, or although it has forgotten the call. Never rejects. */
  async hangUpPast(cid: Cid): Promise<void> {
    await this.current.link.tellHangup(cid)
  }

  /** Ends the SDK's part in the call. Never rejects. */
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

  private make(): { netcall: NetcallSdk; link: CallLink } {
    // One that another link or call left behind is not for this one.
    this.sdk.Netcall.destroy?.()
    const link = new CallLink(this.nim, {
      placed: (answer) => {
        // A call that was given up before it was answered is not the next one.
        if (!this.closing) this.owner.placed(answer)
      },
      hangupFailed: (error) => this.owner.notLetGo(error),
    })
    const netcall = netcallInstance(this.sdk, link)
    for (const event of SDK_EVENTS) {
      netcall.on(event, (payload) => {
        // What the SDK says while it lets go of a call is of that call.
        if (!this.closing) this.owner.hear(event, payload)
      })
    }
    this.owner.made(netcall)
    return { netcall, link }
  }
  private unmake(): void {
    const { netcall, link } = this.current
    link.close()
    for (const event of SDK_EVENTS) netcall.off(event)
  }

  private renew(): void {
    if (this.disposed) return
    this.unmake()
    this.current = this.make()
  }

  /** Whatever it is doing, it shall leave: now, and once more when its first step is answered, which brings it in. */
  private abandon(way: Way, firstStep: Promise<unknown> | null): void {
    const { link, netcall } = this.current
    if (way === 'quietly') link.beQuiet()
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
      if (way === 'quietly') this.current.link.beQuiet()
      // Who never came into a room has none to leave; "hangup" stops whatever there is.
      const method = way === 'leaveChannel' && isIn ? way : 'hangup'
      await this.run(method, (netcall) => netcall[method]())
    } catch (error) {
      this.owner.notLetGo(asNetcallError(error))
    }
    await this.current.link.settled()
  }
}

function succeeded(step: Promise<unknown>): Promise<boolean> {
  return step.then(
    () => true,
    () => false,
  )
}

/** What it throws is a rejection, too. */
async function begun(run: () => unknown): Promise<unknown> {
  return run()
}

/** The answer, or a `NetcallError` when it fails or does not come in time. */
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
