import { onWaking } from '../waking'
import { Heartbeat } from './heartbeat'
import type { ReconnectPolicy } from './reconnect'
import { TextSocket, type SocketEnd } from './socket'
import { Timer } from '../timer'
import { TIMING } from './timing'

export interface LinkDuties {
  /** The socket is open: get in (a login, a welcome). Rejects to have the link tried again; `close()` ends it for good. */
  enter(): Promise<void>
  /** The link is up, and beats from now on. */
  up(): void
  text(text: string): void
  /** Asks for a sign of life; resolves with it. */
  beat(): Promise<unknown>
  /** The link broke. Return false when trying again is of no use. */
  broken(end: SocketEnd): boolean
  /** Try number `count` follows. */
  retrying(count: number): void
  /** All tries are used up. */
  givenUp(end: SocketEnd): void
}

const ABNORMAL_CLOSURE = 1006

/**
 * A socket that is kept up: opened, entered, watched by a heartbeat, and opened again when it breaks. When the app or the
 * network comes back it waits for no timer: the next try is made at once, and a link that seems to hold has to prove it.
 */
export class Link {
  private readonly url: string
  private readonly policy: ReconnectPolicy
  private readonly duties: LinkDuties
  private readonly heartbeat: Heartbeat
  private readonly retry = new Timer()
  private readonly probeLimit = new Timer()
  private socket: TextSocket | null = null
  private dialledAt = 0
  private tries = 0
  private entered = false
  /** Past its first try, whose outcome somebody may be waiting for. */
  private kept = false
  private closed = false
  private stopWaking: (() => void) | null = null

  constructor(url: string, policy: ReconnectPolicy, duties: LinkDuties) {
    this.url = url
    this.policy = policy
    this.duties = duties
    this.heartbeat = new Heartbeat({
      interval: TIMING.heartbeatInterval,
      timeout: TIMING.heartbeatTimeout,
      beat: () => void duties.beat().catch(ignore),
      silent: () => this.drop(brokenBy('the service went silent')),
    })
  }

  /** Whether the other side has let us in and the link holds. */
  get isUp(): boolean {
    return this.entered
  }

  /** Opens the link, the first time or after its end. */
  open(): void {
    this.closed = false
    this.kept = false
    this.tries = 0
    this.stopWaking ??= onWaking(() => this.wake())
    this.dial()
  }

  send(text: string): void {
    this.socket?.send(text)
  }

  /** Ends the link; nothing of it is left and no duty is called again. */
  close(): void {
    this.closed = true
    this.retry.stop()
    this.stopWaking?.()
    this.stopWaking = null
    this.release()
  }

  private dial(): void {
    this.dialledAt = Date.now()
    const socket = new TextSocket(this.url, this.policy.openTimeout, {
      open: () => void this.enter(socket),
      text: (text) => {
        this.heartbeat.heard()
        this.duties.text(text)
      },
      close: (end) => this.drop(end),
    })
    this.socket = socket
  }

  private async enter(socket: TextSocket): Promise<void> {
    try {
      await this.duties.enter()
    } catch (error) {
      if (this.socket === socket) this.drop(brokenBy(error instanceof Error ? error.message : String(error)))
      return
    }
    if (this.socket !== socket) return
    this.entered = true
    this.kept = true
    this.tries = 0
    this.heartbeat.start()
    this.duties.up()
  }

  /** The app or the network came back. */
  private wake(): void {
    if (!this.kept) return
    if (this.entered) return this.probe()
    this.tries = 0
    // What is being dialled may go over a network that is gone.
    if (this.socket) return this.drop(brokenBy('dialling anew'))
    this.retry.stop()
    this.dial()
  }

  private probe(): void {
    const { socket } = this
    this.probeLimit.start(TIMING.probeTimeout, () => this.drop(brokenBy('the link did not survive')))
    this.duties.beat().then(() => {
      if (this.socket === socket) this.probeLimit.stop()
    }, ignore)
  }

  private drop(end: SocketEnd): void {
    // A try's own time is part of the pause after it.
    const spent = this.entered ? 0 : Math.max(0, Date.now() - this.dialledAt)
    this.release()
    if (!this.duties.broken(end) || this.closed) return this.close()
    const delay = this.policy.delay(this.tries + 1)
    if (delay === null) {
      this.close()
      return this.duties.givenUp(end)
    }
    this.kept = true
    this.tries += 1
    this.retry.start(Math.max(0, delay - spent), () => this.dial())
    this.duties.retrying(this.tries)
  }

  private release(): void {
    this.heartbeat.stop()
    this.probeLimit.stop()
    this.entered = false
    this.socket?.close()
    this.socket = null
  }
}

function brokenBy(reason: string): SocketEnd {
  return { code: ABNORMAL_CLOSURE, reason }
}

/** A beat that nobody answers is noticed by its silence. */
function ignore(): void {}
