import { NetcallError } from '../errors'
import { CODE } from '../constants'
import type { ImEvents } from '../im'
import { SIGNAL_ADDRESS, SIGNAL_CLOSE, type SignalMethod, type SignalMethods } from '../protocol'
import type { Cid } from '../types'
import { Emitter } from '../emitter'
import { answerError, malformedAnswer, notConnected } from '../failures'
import { parseJson } from '../guards'
import { Connection } from './connection'
import { PendingRequests } from './pending'
import { ANSWER_GUARDS, deliverNotification, isSignalFrame, type SignalEvents, type SignalFrame } from './signal-wire'
import type { SocketEnd } from './socket'
import { Timer } from '../timer'
import { TIMING } from './timing'

type DownReason = ImEvents['disconnect']['reason']

const REFUSALS: Record<number, { reason: DownReason; code: number }> = {
  [SIGNAL_CLOSE.badRequest]: { reason: 'bad-request', code: CODE.badRequest },
  [SIGNAL_CLOSE.unauthorized]: { reason: 'unauthorized', code: CODE.unauthorized },
  [SIGNAL_CLOSE.kicked]: { reason: 'kicked', code: CODE.refused },
}

interface Entrance {
  resolve(): void
  reject(error: NetcallError): void
}

/**
 * A sign-in at the IM side (`ws /signal`). `open()` makes one attempt; once accepted, it reconnects until `close()` or until the service
 * kicks the device.
 */
export class SignalClient {
  readonly events = new Emitter<SignalEvents>()
  private readonly connection: Connection
  private readonly pending: PendingRequests<SignalFrame>
  private opening: Entrance | null = null
  /** Waits for the service's welcome on a new socket. */
  private entrance: Entrance | null = null
  private readonly entranceTimer = new Timer()
  private welcomed = false
  private kickReason: string | null = null
  /** The current connection was made with an older token. */
  private renewed = false
  /** When the service first refused the token, ms; null if it accepts it. */
  private expiredAt: number | null = null
  /** From the last welcome. */
  private calls: Cid[] | undefined

  constructor(url: string) {
    this.pending = new PendingRequests(TIMING.commandTimeout)
    this.connection = new Connection(url, TIMING.signalReconnect, {
      enter: () => this.awaitWelcome(),
      up: () => this.up(),
      text: (text) => this.receive(text),
      beat: () => this.request('heartbeat', {}),
      broken: (end) => this.broken(end),
      retrying: (count) => this.events.emit('willreconnect', { count }),
      givenUp: (end) => this.events.emit('disconnect', { reason: 'signed-out', message: end.reason }),
    })
    this.events.on('welcome', ({ calls }) => {
      this.calls = calls
      this.entranceTimer.stop()
      this.entrance?.resolve()
    })
    this.events.on('kicked', ({ reason }) => {
      this.kickReason = reason
    })
  }

  get isUp(): boolean {
    return this.connection.isUp
  }

  /** Resolves when the service has accepted the account; rejects if it refuses or cannot be reached. */
  open(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.opening = { resolve, reject }
      this.connection.open()
    })
  }

  /** `url`: with a new token. */
  renew(url: string): void {
    this.renewed = this.connection.redirect(url)
  }

  close(): void {
    this.connection.close()
    const error = new NetcallError('not-connected', 'signed out')
    this.fail(error)
    this.opening?.reject(error)
    this.opening = null
  }

  /** Sends a request; rejects if disconnected, on timeout, and with the service's error. */
  async request<M extends SignalMethod>(
    method: M,
    body: SignalMethods[M]['body'],
  ): Promise<SignalMethods[M]['answer']> {
    if (!this.connection.isUp) throw notConnected(method)
    const [sid, cid] = SIGNAL_ADDRESS[method]
    const frame = await this.pending.ask(method, (seq) => this.connection.send(JSON.stringify({ sid, cid, seq, body })))
    const code = frame.code ?? CODE.internal
    if (code !== CODE.ok) throw answerError(method, code, frame.message)
    const answer = frame.body ?? {}
    if (!ANSWER_GUARDS[method](answer)) throw malformedAnswer(method)
    return answer
  }

  private awaitWelcome(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.entrance = { resolve, reject }
      this.entranceTimer.start(TIMING.commandTimeout, () =>
        reject(new NetcallError('timeout', 'no welcome from the service')),
      )
    })
  }

  private up(): void {
    const reconnected = this.welcomed
    this.welcomed = true
    this.renewed = false
    this.expiredAt = null
    this.opening?.resolve()
    this.opening = null
    this.events.emit('connect', { reconnected, calls: this.calls })
  }

  private receive(text: string): void {
    const frame = parseJson(text)
    if (!isSignalFrame(frame)) return
    if (frame.seq !== undefined) return this.pending.settle(frame.seq, frame)
    deliverNotification(frame, (name, body) => this.events.emit(name, body))
  }

  private broken(end: SocketEnd): boolean {
    const refusal = REFUSALS[end.code]
    const message = this.kickReason ?? end.reason
    const error = refusal
      ? new NetcallError('refused', message || 'the service refused the connection', { code: refusal.code })
      : new NetcallError('not-connected', `the connection to the service was lost: ${message || `code ${end.code}`}`)
    this.fail(error)
    if (this.opening) {
      this.opening.reject(error)
      this.opening = null
      return false
    }
    if (refusal?.reason === 'unauthorized' && this.canBeRenewed()) return true
    if (refusal) this.events.emit('disconnect', { reason: refusal.reason, message })
    return refusal === undefined
  }

  /** Whether to try again: there is a new token, or it may come. */
  private canBeRenewed(): boolean {
    if (this.renewed) {
      this.renewed = false
      return true
    }
    const now = Date.now()
    this.expiredAt ??= now
    // The next attempt must be scheduled before the answer.
    void Promise.resolve().then(() => this.events.emit('tokenExpiring', {}))
    return now - this.expiredAt < TIMING.tokenRenewal
  }

  /** Requests on the lost connection. */
  private fail(error: NetcallError): void {
    this.pending.failAll(error)
    this.entranceTimer.stop()
    this.entrance?.reject(error)
    this.entrance = null
    this.kickReason = null
  }
}
