import type { NetcallError } from '../netcall/errors'
import type { Cid } from '../netcall/types'
import { failureOf } from './failures'
import type { CallNim, CallNotification } from './sdk'

interface InstanceNimOwner {
  /** The service's answer to a placed call. */
  placed(answer: unknown): void
  /** A hangup could not be sent to the service. */
  hangupFailed(error: NetcallError): void
}

/**
 * The IM object as seen by one instance of the call SDK. The SDK has one call and takes every event for that call's, so a second caller
 * would make it answer, mute or hang up the wrong one: here it gets only events passed to `tell`. It never removes its listeners; they are
 * dropped with this object.
 */
export class InstanceNim implements CallNim {
  readonly account: string
  readonly options: CallNim['options']
  readonly protocol: CallNim['protocol']
  private readonly nim: CallNim
  private readonly owner: InstanceNimOwner
  private readonly listeners = new Map<string, (body: unknown) => void>()
  private closed = false
  private quiet = false
  /** Resolves when the service knows that the call has ended. */
  private hangingUp: { channelId: Cid; told: Promise<void> } | null = null

  constructor(nim: CallNim, owner: InstanceNimOwner) {
    this.nim = nim
    this.owner = owner
    this.account = nim.account
    this.options = nim.options
    this.protocol = {
      // When an old instance cleans up, it must not stop the ringing of the next one's call.
      setCurrentNetcall: (channelId) => {
        if (!this.closed) nim.protocol.setCurrentNetcall(channelId)
      },
    }
  }

  tell(notification: CallNotification, body: unknown): void {
    this.listeners.get(notification)?.(body)
  }
  /** From now on the SDK's hangup is not sent: the others already know. */
  beQuiet(): void {
    this.quiet = true
  }
  /** Resolves when the service has the hangup, or will not get it. */
  async settled(): Promise<void> {
    await this.hangingUp?.told
  }
  close(): void {
    // The SDK's own hangup comes too late.
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

  /** Never rejects: the SDK ignores the result. */
  async hangup({ channelId }: { channelId: Cid }): Promise<void> {
    if (!this.quiet) await this.tellHangup(channelId)
  }
  /** Notifies the others of the end, once. Never rejects. */
  tellHangup(channelId: Cid): Promise<void> {
    if (this.hangingUp?.channelId === channelId) return this.hangingUp.told
    const told = this.nim.hangup({ channelId }).then(
      () => {},
      (error: unknown) => {
        // After sign-out or for another call, events of this one are dropped.
        if (!this.closed) this.owner.hangupFailed(failureOf('hangup', error))
      },
    )
    this.hangingUp = { channelId, told }
    return told
  }
}
