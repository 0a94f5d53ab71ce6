import { CODE, DISCONNECT_CODE, type DisconnectCode, type NetcallMode } from '../constants'
import { NetcallError } from '../errors'
import {
  GATEWAY_METHOD,
  type GatewayLogin,
  type GatewayMethod,
  type GatewayMethods,
  type GatewayPushes,
  type GatewayUser,
} from '../protocol'
import { Emitter } from '../emitter'
import { answerError, malformedAnswer, notConnected } from '../failures'
import { deliverPush, GATEWAY_ANSWER_GUARDS, isGatewayFrame, isOutcome, type GatewayFrameIn } from './gateway-wire'
import { parseJson } from '../guards'
import { Connection } from './connection'
import { PendingRequests } from './pending'
import { TIMING } from './timing'

/** Why a session ended unexpectedly: `cause` is the push that ended it, null if it was refused or lost. */
export interface GatewayEnd {
  code: DisconnectCode
  desc: string
  cause: 'kicked' | 'liveRoomClose' | null
  error: NetcallError
}
interface GatewayEvents extends Pick<GatewayPushes, 'clientJoin' | 'clientLeave' | 'clientUpdate'> {
  open: null
  close: null
  /** Logged in: with `connectCount` 1 the first time, one more after each reconnect. */
  entered: { userlist: GatewayUser[]; connectCount: number }
  willreconnect: { count: number }
  overTime: { cmd: number }
  /** The session has ended; no more events. */
  ended: GatewayEnd
}

/** Login errors that a retry cannot fix. */
const FINAL_REFUSALS: Record<number, DisconnectCode> = {
  [CODE.badRequest]: DISCONNECT_CODE.refused,
  [CODE.unauthorized]: DISCONNECT_CODE.refused,
  [CODE.refused]: DISCONNECT_CODE.refused,
  [CODE.notFound]: DISCONNECT_CODE.roomGone,
  [CODE.conflict]: DISCONNECT_CODE.refused,
  [CODE.roomGone]: DISCONNECT_CODE.roomGone,
  [CODE.encryptionRefused]: DISCONNECT_CODE.encryptionRefused,
}

/** A media session at the gateway (commands 0–25): login, heartbeats, and a new login after a lost connection. */
export class GatewayClient {
  readonly events = new Emitter<GatewayEvents>()
  private login: GatewayLogin
  private readonly connection: Connection
  private readonly pending: PendingRequests<GatewayFrameIn>
  private connectCount = 0
  private socketOpen = false
  private leaving = false
  private userlist: GatewayUser[] = []

  constructor(url: string, login: GatewayLogin) {
    this.login = login
    this.pending = new PendingRequests(TIMING.commandTimeout)
    this.connection = new Connection(url, TIMING.gatewayReconnect, {
      enter: () => this.enter(),
      up: () => {
        this.connectCount += 1
        this.events.emit('entered', { userlist: this.userlist, connectCount: this.connectCount })
      },
      text: (text) => this.receive(text),
      beat: () => this.request('heartbeat', this.self),
      broken: () => this.broken(),
      retrying: (count) => this.events.emit('willreconnect', { count }),
      givenUp: ({ reason }) => this.end(DISCONNECT_CODE.retriesUsedUp, reason, notConnected('login')),
    })
  }

  get isUp(): boolean {
    return this.connection.isUp
  }
  get mode(): NetcallMode {
    return this.login.mode
  }

  open(): void {
    this.connection.open()
  }

  async switchMode(mode: NetcallMode): Promise<void> {
    if (!this.connection.isUp) throw notConnected('switchMode')
    await this.request('updatePushMode', { ...this.self, mode })
    this.login = { ...this.login, mode }
  }

  /** Logs out and closes. No events after that. */
  async leave(): Promise<void> {
    this.leaving = true
    this.events.clear()
    try {
      if (this.socketOpen) await this.request('logout', this.self, TIMING.logoutTimeout)
    } catch {
      // If the logout is lost, the gateway misses the heartbeats.
    }
    this.close()
  }

  private get self(): { uid: number; cid: number } {
    return { uid: this.login.uid, cid: this.login.cid }
  }

  private async enter(): Promise<void> {
    this.socketOpen = true
    this.events.emit('open', null)
    try {
      this.userlist = (await this.request('login', this.login)).userlist
    } catch (error) {
      const refusal = error instanceof NetcallError ? FINAL_REFUSALS[error.code] : undefined
      if (refusal !== undefined && error instanceof NetcallError) this.end(refusal, error.message, error)
      throw error
    }
  }

  private async request<M extends GatewayMethod>(
    method: M,
    body: GatewayMethods[M]['body'],
    timeout?: number,
  ): Promise<GatewayMethods[M]['answer']> {
    const [cmd, answerCmd] = GATEWAY_METHOD[method]
    const frame = await this.ask(method, cmd, body, timeout)
    const answer = frame.body
    if (frame.cmd !== answerCmd || !isOutcome(answer)) throw malformedAnswer(method)
    if (answer.code !== CODE.ok) throw answerError(method, answer.code, answer.errmsg)
    if (!GATEWAY_ANSWER_GUARDS[method](answer)) throw malformedAnswer(method)
    return answer
  }

  private async ask(method: string, cmd: number, body: unknown, timeout?: number): Promise<GatewayFrameIn> {
    try {
      return await this.pending.ask(method, (seq) => this.connection.send(JSON.stringify({ cmd, body, seq })), timeout)
    } catch (error) {
      if (error instanceof NetcallError && error.reason === 'timeout') this.events.emit('overTime', { cmd })
      throw error
    }
  }

  private receive(text: string): void {
    const frame = parseJson(text)
    if (!isGatewayFrame(frame)) return
    if (frame.seq !== undefined) return this.pending.settle(frame.seq, frame)
    deliverPush(frame, this.login.cid, {
      clientJoin: (user) => this.events.emit('clientJoin', user),
      clientLeave: (member) => this.events.emit('clientLeave', member),
      clientUpdate: (member) => this.events.emit('clientUpdate', member),
      liveRoomClose: ({ reason }) => this.putOut(DISCONNECT_CODE.roomGone, reason, 'liveRoomClose'),
      kicked: ({ reason }) => this.putOut(DISCONNECT_CODE.kicked, reason, 'kicked'),
      roomRefused: ({ reason }) => this.putOut(DISCONNECT_CODE.refused, reason, 'kicked'),
    })
  }

  private broken(): boolean {
    this.pending.failAll(notConnected('gateway'))
    this.announceClose()
    return !this.leaving
  }

  private putOut(code: DisconnectCode, reason: string, cause: 'kicked' | 'liveRoomClose'): void {
    this.end(code, reason, new NetcallError('refused', `the service ended the session: ${reason}`, { code }), cause)
  }

  private end(code: DisconnectCode, desc: string, error: NetcallError, cause: GatewayEnd['cause'] = null): void {
    this.close()
    this.events.emit('ended', { code, desc, cause, error })
  }

  private close(): void {
    this.connection.close()
    this.pending.failAll(notConnected('gateway'))
    this.announceClose()
  }

  /** Once per opened socket. */
  private announceClose(): void {
    if (!this.socketOpen) return
    this.socketOpen = false
    this.events.emit('close', null)
  }
}
