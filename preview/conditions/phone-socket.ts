/** A WebSocket over the phone's network. */
import { NoNetwork, type Line, type Network } from './network'

interface PhoneSocketEvents {
  open(): void
  message?(data: unknown): void
  /** Called once, whichever side closed it. */
  closed(code: number, reason: string): void
  /** The connection was lost with the network. Without this handler nothing is reported, as on a phone. */
  lost?(): void
}

const ABNORMAL = 1006

export class PhoneSocket implements Line {
  private readonly real: WebSocket | null
  private stage: 'connecting' | 'open' | 'closing' | 'closed' = 'connecting'
  private silent = false
  private unanswered = false
  private leave = (): void => undefined

  /** Without a network it closes shortly after. Throws what `new WebSocket` throws. */
  constructor(
    readonly url: string,
    protocols: string[],
    network: Network,
    private readonly events: PhoneSocketEvents,
  ) {
    if (!network.state.isConnected) {
      this.real = null
      setTimeout(() => this.finish(ABNORMAL, new NoNetwork().message))
      return
    }
    const real = new WebSocket(url, protocols)
    this.real = real
    this.leave = network.join(this)
    real.binaryType = 'arraybuffer'
    real.addEventListener('open', () => {
      if (this.silent || this.stage !== 'connecting') return
      this.stage = 'open'
      events.open()
    })
    real.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      this.unanswered = false
      if (!this.silent && this.stage === 'open') events.message?.(data)
    })
    real.addEventListener('close', ({ code, reason }) => {
      this.leave()
      if (!this.silent) this.finish(code, reason)
    })
  }

  /** Like `WebSocket.readyState`. */
  get readyState(): number {
    return { connecting: 0, open: 1, closing: 2, closed: 3 }[this.stage]
  }
  get bufferedAmount(): number {
    return this.real?.bufferedAmount ?? 0
  }
  /** Whether nothing was received since the last send, and still may be. */
  get awaitsMessage(): boolean {
    return this.unanswered && !this.silent && this.stage === 'open'
  }

  /** Data sent on a lost or closing connection are dropped silently. */
  send(data: string | ArrayBuffer | Uint8Array<ArrayBuffer>): void {
    if (this.silent || this.real?.readyState !== WebSocket.OPEN) return
    this.unanswered = true
    this.real.send(data)
  }

  close(code = 1000, reason = ''): void {
    if (this.stage === 'closing' || this.stage === 'closed') return
    this.stage = 'closing'
    // The close frame of a lost connection is not sent: only this side knows.
    if (this.silent || !this.real) setTimeout(() => this.finish(code, reason))
    else this.real.close(code, reason)
  }

  /** Ends it like a fault on the path: without a close frame, while the network stays. */
  break(): void {
    if (this.silent) return
    this.finish(ABNORMAL, '')
    this.real?.close()
  }

  lose(): void {
    this.silent = true
    this.events.lost?.()
  }
  release(): void {
    this.real?.close()
  }

  private finish(code: number, reason: string): void {
    if (this.stage === 'closed') return
    this.stage = 'closed'
    this.events.closed(code, reason)
  }
}
