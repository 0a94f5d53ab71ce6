import { onWaking } from '../waking'
import { Heartbeat } from './heartbeat'
import type { ReconnectPolicy } from './reconnect'
import { TextSocket, type SocketEnd } from './socket'
import { Timer } from '../timer'
import { TIMING } from './timing'

export interface ConnectionHandlers {
  /** The socket is open: log in. Reject to retry the connection; `close()` ends it for good. */
  enter(): Promise<void>
  /** Connected; heartbeats start. */
  up(): void
  text(text: string): void
  /** Sends a heartbeat; resolves with its answer. */
  beat(): Promise<unknown>
  /** The connection was lost. Return false if a retry is pointless. */
  broken(end: SocketEnd): boolean
  /** Attempt number `count` follows. */
  retrying(count: number): void
  /** All attempts have failed. */
  givenUp(end: SocketEnd): void
}

const ABNORMAL_CLOSURE = 1006

/**
 * A persistent connection: opens a socket, logs in, sends heartbeats, and reconnects. When the app or the network comes back, the next
 * attempt is made at once, and an apparently open connection is probed.
 */
export class Connection {
  private url: string
  private readonly policy: ReconnectPolicy
  private readonly handlers: ConnectionHandlers
  private readonly heartbeat: Heartbeat
  private readonly retry = new Timer()
  private readonly probeLimit = new Timer()
  private socket: TextSocket | null = null
  private dialledAt = 0
  private tries = 0
  private entered = false
  /** Whether the first attempt, whose result may be awaited, is done. */
  private kept = false
  private closed = false
  private stopWaking: (() => void) | null = null

  constructor(url: string, policy: ReconnectPolicy, handlers: ConnectionHandlers) {
    this.url = url
    this.policy = policy
    this.handlers = handlers
    this.heartbeat = new Heartbeat({
      interval: TIMING.heartbeatInterval,
      timeout: TIMING.heartbeatTimeout,
      beat: () => void handlers.beat().catch(ignore),
      silent: () => this.drop(brokenBy('the service went silent')),
    })
  }

  /** Whether it is logged in and open. */
  get isUp(): boolean {
    return this.entered
  }

  /** Connects, first or after its end. */
  open(): void {
    this.closed = false
    this.kept = false
    this.tries = 0
    this.stopWaking ??= onWaking(() => this.wake())
    this.dial()
  }

  /** The URL for later attempts; one that waits for its time is made at once. Returns whether the current connection uses the old one. */
  redirect(url: string): boolean {
    this.url = url
    if (this.socket) return true
    if (!this.kept || this.closed) return false
    this.retry.stop()
    this.dial()
    return false
  }

  send(text: string): void {
    this.socket?.send(text)
  }

  /** Closes for good; no handler is called any more. */
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
        this.heartbeat.received()
        this.handlers.text(text)
      },
      close: (end) => this.drop(end),
    })
    this.socket = socket
  }

  private async enter(socket: TextSocket): Promise<void> {
    try {
      await this.handlers.enter()
    } catch (error) {
      if (this.socket === socket) this.drop(brokenBy(error instanceof Error ? error.message : String(error)))
      return
    }
    if (this.socket !== socket) return
    this.entered = true
    this.kept = true
    this.tries = 0
    this.heartbeat.start()
    this.handlers.up()
  }

  /** The app or the network came back. */
  private wake(): void {
    if (!this.kept) return
    if (this.entered) return this.probe()
    this.tries = 0
    // A connection attempt may use a network that is gone.
    if (this.socket) return this.drop(brokenBy('dialling anew'))
    this.retry.stop()
    this.dial()
  }

  private probe(): void {
    const { socket } = this
    this.probeLimit.start(TIMING.probeTimeout, () => this.drop(brokenBy('the connection did not survive')))
    this.handlers.beat().then(() => {
      if (this.socket === socket) this.probeLimit.stop()
    }, ignore)
  }

  private drop(end: SocketEnd): void {
    // The pause includes the attempt's own duration.
    const spent = this.entered ? 0 : Math.max(0, Date.now() - this.dialledAt)
    this.release()
    if (!this.handlers.broken(end) || this.closed) return this.close()
    const delay = this.policy.delay(this.tries + 1)
    if (delay === null) {
      this.close()
      return this.handlers.givenUp(end)
    }
    this.kept = true
    this.tries += 1
    this.retry.start(Math.max(0, delay - spent), () => this.dial())
    this.handlers.retrying(this.tries)
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

/** An unanswered heartbeat is noticed by the timeout. */
function ignore(): void {}
