import { Heartbeat } from './heartbeat'
import type { ReconnectPolicy } from './reconnect'
import { TextSocket, type SocketEnd } from './socket'
import { Timer } from './timer'
import type { Timing } from './timing'

export interface LinkDuties {
  /** The socket is open: get in (a login, a welcome). Rejects to have the link tried again; `close()` ends it for good. */
  enter(): Promise<void>
  /** The link is up, and beats from now on. */
  up(): void
  text(text: string): void
  beat(): void
  /** The link broke. Return false when trying again is of no use. */
  broken(end: SocketEnd): boolean
  /** Try number `count` follows. */
  retrying(count: number): void
  /** All tries are used up. */
  givenUp(end: SocketEnd): void
}

/** A socket that is kept up: opened, entered, watched by a heartbeat, and opened again when it breaks. */
export class Link {
  private readonly url: string
  private readonly timing: Timing
  private readonly policy: ReconnectPolicy
  private readonly duties: LinkDuties
  private readonly heartbeat: Heartbeat
  private socket: TextSocket | null = null
  private readonly retry = new Timer()
  private tries = 0
  private entered = false
  private closed = false

  constructor(url: string, timing: Timing, policy: ReconnectPolicy, duties: LinkDuties) {
    this.url = url
    this.timing = timing
    this.policy = policy
    this.duties = duties
    this.heartbeat = new Heartbeat({
      interval: timing.heartbeatInterval,
      timeout: timing.heartbeatTimeout,
      beat: () => duties.beat(),
      silent: () => this.drop({ code: 1006, reason: 'the service went silent' }),
    })
  }

  /** Whether the other side has let us in and the link holds. */
  get isUp(): boolean {
    return this.entered
  }

  open(): void {
    const socket = new TextSocket(this.url, this.timing.openTimeout, {
      open: () => void this.enter(socket),
      text: (text) => {
        this.heartbeat.heard()
        this.duties.text(text)
      },
      close: (end) => this.drop(end),
    })
    this.socket = socket
  }

  send(text: string): void {
    this.socket?.send(text)
  }

  /** Ends the link; nothing of it is left and no duty is called again. */
  close(): void {
    this.closed = true
    this.retry.stop()
    this.release()
  }

  private async enter(socket: TextSocket): Promise<void> {
    try {
      await this.duties.enter()
    } catch (error) {
      if (this.socket === socket)
        this.drop({ code: 1006, reason: error instanceof Error ? error.message : String(error) })
      return
    }
    if (this.socket !== socket) return
    this.entered = true
    this.tries = 0
    this.heartbeat.start()
    this.duties.up()
  }

  private drop(end: SocketEnd): void {
    this.release()
    if (!this.duties.broken(end) || this.closed) return
    const delay = this.policy.delay(this.tries + 1)
    if (delay === null) return this.duties.givenUp(end)
    this.tries += 1
    this.retry.start(delay, () => this.open())
    this.duties.retrying(this.tries)
  }

  private release(): void {
    this.heartbeat.stop()
    this.entered = false
    this.socket?.close()
    this.socket = null
  }
}
