import type { NetcallError } from '../netcall/errors'
import type { Cid } from '../netcall/types'
import { failureOf } from './failures'
import type { CallNim, CallNotification } from './sdk'

export interface CallLinkOwner {
  /** The service's answer to a call that was placed. */
  placed(answer: unknown): void
  /** The service could not be told of a hang-up. */
  hangupFailed(error: NetcallError): void
}

/**
 * The IM link as one instance of the call SDK has it. The SDK holds one call and takes whatever it hears for that call's, so
 * that a second caller would make it answer, mute or hang up the wrong one: here it hears only what it is told by `tell`. It
 * never takes its listeners off either: they go with this link.
 */
export class CallLink implements CallNim {
  readonly account: string
  readonly options: CallNim['options']
  readonly protocol: CallNim['protocol']
  private readonly nim: CallNim
  private readonly owner: CallLinkOwner
  private readonly listeners = new Map<string, (body: unknown) => void>()
  private closed = false
  private quiet = false
  /** Resolves when the service knows that the call is over. */
  private hangingUp: { channelId: Cid; told: Promise<void> } | null = null

  constructor(nim: CallNim, owner: CallLinkOwner) {
    this.nim = nim
    this.owner = owner
    this.account = nim.account
    this.options = nim.options
    this.protocol = {
      // An old instance that cleans up would stop the ringing of the next one's call.
      setCurrentNetcall: (channelId) => {
        if (!this.closed) nim.protocol.setCurrentNetcall(channelId)
      },
    }
  }

  tell(notification: CallNotification, body: unknown): void {
    this.listeners.get(notification)?.(body)
  }
  /** The SDK's hang-up is told to nobody from now on: they know. */
  beQuiet(): void {
    this.quiet = true
  }
  /** Resolves when the service has heard of the hang-up, or will not. */
  async settled(): Promise<void> {
    await this.hangingUp?.told
  }
  close(): void {
    // The SDK's own word comes too late.
    this.protocol.setCurrentNetcall()
    this.closed = true
    this.listeners.clear()
  }

  on(event: string, listener: (body: unknown) => void): void {
    this.listeners.set(event, listener)
  }
  removeListener(event: string): void {
    this.listeners.delete(event)
  }

  async initNetcall(call: object): Promise<unknown> {
    const answer = await this.nim.initNetcall(call)
    if (!this.closed) this.owner.placed(answer)
    return answer
  }
  keepCalling = (call: object): Promise<unknown> => this.nim.keepCalling(call)
  calleeAck = (answer: object): Promise<unknown> => this.nim.calleeAck(answer)
  netcallControl = (control: object): Promise<unknown> => this.nim.netcallControl(control)
  createChannel = (channel: object): Promise<unknown> => this.nim.createChannel(channel)
  joinChannel = (channel: object): Promise<unknown> => this.nim.joinChannel(channel)

  /** Never rejects: the SDK does not look at the answer. */
  async hangup({ channelId }: { channelId: Cid }): Promise<void> {
    if (!this.quiet) await this.tellHangup(channelId)
  }
  /** Tells the others that the call is over, once. Never rejects. */
  tellHangup(channelId: Cid): Promise<void> {
    if (this.hangingUp?.channelId === channelId) return this.hangingUp.told
    const told = this.nim.hangup({ channelId }).then(
      () => {},
      (error: unknown) => {
        // Who has signed out, or gone on to another call, hears no more of this one.
        if (!this.closed) this.owner.hangupFailed(failureOf('hangup', error))
      },
    )
    this.hangingUp = { channelId, told }
    return told
  }
}
