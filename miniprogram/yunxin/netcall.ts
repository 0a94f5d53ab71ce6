import {
  CODE,
  DISCONNECT_CODE,
  SCENE,
  type DisconnectCode,
  type EncryptType,
  type NetcallMode,
} from '../netcall/constants'
import { NetcallError } from '../netcall/errors'
import {
  callArguments,
  controlArguments,
  createChannelArguments,
  joinChannelArguments,
  netcallMode,
  responseArguments,
  startRtcArguments,
} from '../netcall/arguments'
import { asNetcallError, malformedAnswer, notConnected, wrongState } from '../netcall/failures'
import { Instance } from '../netcall/instance'
import { Invitations } from '../netcall/invitations'
import type {
  AccountUidMap,
  CallParams,
  Cid,
  ControlParams,
  CreateChannelParams,
  JoinChannelParams,
  JoinedChannel,
  Netcall,
  NetcallEvents,
  NetcallStatus,
  ResponseParams,
  Self,
  StartRtcParams,
} from '../netcall/types'
import { Encryption } from './encryption'
import { SdkInstance, type Way } from './instance'
import type { YunxinIm } from './im'
import { readNotification, type Notifications } from './notifications'
import { type CallNim, type CallNotification, type NetcallSdk, type Sdk, type SdkEvent } from './sdk'
import { MediaSession } from './session'
import { cidIn, IDLE, isRoom, PUBLIC_PHASE, type State } from './state'
import { accountUidMap, anyOf, cidOf, integer, text } from './values'

/** The contract's instance over NetEase's call SDK, with its differences hidden. */
export class YunxinNetcall extends Instance implements Netcall {
  private readonly im: YunxinIm
  private readonly invitations = new Invitations<unknown>()
  private instance: SdkInstance | null = null
  private state: State = IDLE
  private readonly encryption = new Encryption()
  /** Epoch of calls and rooms: late results of an earlier one are ignored. */
  private turn = 0

  constructor(im: YunxinIm, sdk: Sdk) {
    super(false)
    this.im = im
    im.onNim = (nim) => (nim ? this.open(sdk, nim) : this.close())
    im.on('connect', ({ reconnected }) => void (reconnected && this.callOn()))
    im.on('disconnect', ({ reason, message }) => this.signedOut(reason, message))
  }

  async call(params: CallParams): Promise<AccountUidMap> {
    const { type, callees, custom, forceKeepCalling } = callArguments(params)
    this.requireIdle('call')
    const calling: State = { phase: 'calling', type, callees: [...callees], cid: null }
    const { turn } = this
    this.state = calling
    try {
      const pushConfig = custom === undefined ? {} : { pushConfig: { custom } }
      const callee = Array.isArray(params.callee) ? callees : callees[0]
      const answer = await this.askFirst('call', (sdk) => sdk.call({ type, callee, forceKeepCalling, ...pushConfig }))
      if (this.turn !== turn) throw wrongState('call: hung up before the service had answered')
      return accountUidMap(anyOf(answer, 'accountUidMap') ?? answer)
    } catch (error) {
      const failure = asNetcallError(error)
      if (this.state === calling) this.finish()
      if (failure.code === CODE.calleeOffline) this.emit('error', { code: failure.code, message: failure.message })
      throw failure
    }
  }

  async response(params: ResponseParams): Promise<void> {
    const { caller, cid, type, accepted } = responseArguments(params)
    const told = this.invitations.from(caller, cid)
    if (accepted) this.requireIdle('response')
    const answering: State = { phase: 'answering', cid }
    if (accepted) this.state = answering
    const send = async (): Promise<void> => {
      if (accepted) await this.accept(told, { caller, cid, type, accepted })
      else await this.connected('response').past('calleeAck', { account: caller, channelId: cid, type, accepted })
    }
    await this.invitations.answer(cid, send, () => void (this.state === answering && this.finish()))
    if (!accepted) return
    if (this.state !== answering) throw wrongState('response: the call ended before it was answered')
    this.state = { phase: 'answered', cid }
  }

  async startRtc(params: StartRtcParams): Promise<Self> {
    const { mode, recording } = startRtcArguments(params)
    if (this.state.phase !== 'answered') throw wrongState('startRtc: there is no answered call')
    const session = this.enter(SCENE.P2P, mode, this.state.cid)
    const answer = await this.within(session, 'startRtc', (sdk) => sdk.startRtc({ mode, ...recording }))
    return session.entered(this.self('startRtc', answer, session))
  }

  async hangup(): Promise<void> {
    const { state } = this
    if (state.phase === 'idle') return
    const letGo = this.leave(isRoom(state) ? 'leaveChannel' : 'hangup')
    if (state.phase === 'session') state.session.over(DISCONNECT_CODE.normal, 'hung up')
    await letGo
  }

  async control(params: ControlParams): Promise<void> {
    const { command, cid = this.cid } = controlArguments(params)
    if (cid === null) throw wrongState('control: there is no call')
    // The SDK drops control messages for other calls, such as "busy".
    await this.connected('control').past('netcallControl', { channelId: cid, type: command })
  }

  async createChannel(params: CreateChannelParams): Promise<{ timetag: number }> {
    const channel = createChannelArguments(params)
    const answer = await this.ask('createChannel', (sdk) => sdk.createChannel(channel))
    return { timetag: integer(anyOf(answer, 'timetag')) ?? Date.now() }
  }

  async joinChannel(params: JoinChannelParams): Promise<JoinedChannel> {
    const { channelName, mode, role, liveEnable, recording } = joinChannelArguments(params)
    this.requireIdle('joinChannel')
    this.encryption.check()
    const session = this.enter(SCENE.MEETING, mode, null)
    const live = liveEnable === undefined ? {} : { liveEnable }
    const answer = await this.within(session, 'joinChannel', (sdk) =>
      sdk.joinChannel({ channelName, mode, role, ...live, ...recording }),
    )
    const self = this.self('joinChannel', answer, session)
    const custom = text(anyOf(answer, 'custom'))
    const map = accountUidMap(anyOf(answer, 'accountUidMap'))
    return { ...session.entered(self), accountUidMap: map, ...(custom ? { custom } : {}) }
  }

  async leaveChannel(): Promise<void> {
    if (!isRoom(this.state)) throw wrongState('leaveChannel: not in a room')
    await this.hangup()
  }

  async switchMode(mode: NetcallMode): Promise<void> {
    netcallMode(mode)
    if (this.state.phase !== 'session') throw wrongState('switchMode: there is no session')
    const { session } = this.state
    if (!session.connected) throw notConnected('switchMode')
    await this.ask('switchMode', (sdk) => sdk.switchMode(mode))
    session.mode = mode
  }

  getStatus(): Promise<NetcallStatus> {
    const { state } = this
    const session = state.phase === 'session' ? state.session : null
    const ringing = state.phase === 'idle' ? this.invitations.ringing : undefined
    return Promise.resolve({
      account: this.im.account,
      phase: ringing ? 'ringing' : PUBLIC_PHASE[state.phase],
      cid: ringing?.cid ?? this.cid,
      uid: session?.uid ?? null,
      mode: session?.mode ?? null,
      connected: session?.connected ?? false,
    })
  }

  setEncryptType(type: EncryptType): Promise<void> {
    return this.encryption.setType(type, this.instance)
  }
  setEncryptKey(key: string): Promise<void> {
    return this.encryption.setKey(key, this.instance)
  }

  // ── Events of the IM side and the SDK ──────────────────────────────────────────────────────────────────────────────

  private hearCalls(nim: CallNim, instance: SdkInstance): void {
    const on = <N extends CallNotification>(name: N, then: (told: Notifications[N], body: unknown) => void): void =>
      nim.on(name, (body) => {
        if (this.instance !== instance) return
        const told = readNotification[name](body)
        if (told) then(told, body)
        else this.emit('error', { code: CODE.internal, message: malformedAnswer(name).message })
      })
    on('beCalled', (call, told) => {
      if (this.invitations.add(call.cid, { caller: call.caller, told })) this.emit('beCalling', call)
    })
    on('notifyCalleeAck', (answer, told) => this.calleeAnswered(answer, told))
    on('notifyCalleeAckSync', (ack) => this.answeredElsewhere(ack))
    on('notifyHangup', (hangup) => this.peerHungUp(hangup))
    on('netcallControl', (control) => {
      if (this.isMine(control.cid) || this.invitations.has(control.cid)) this.emit('control', control)
    })
    on('notifyJoin', ({ cid, accountUidMap: joined }, told) => {
      if (this.cid !== cid) return
      instance.tell('notifyJoin', told)
      for (const [account, uid] of Object.entries(joined)) this.emit('joinChannel', { uid, account, cid })
    })
  }

  /** Outside of a session the SDK's events only repeat the IM side's, partly in another order. */
  private handle(event: SdkEvent, payload: unknown): void {
    if (this.state.phase === 'session') this.state.session.handle(event, payload)
  }

  private calleeAnswered({ accepted, ...answer }: Notifications['notifyCalleeAck'], told: unknown): void {
    const { state } = this
    if (state.phase !== 'calling' || !this.isMine(answer.cid)) return
    if (accepted) {
      this.state = { phase: 'answered', cid: answer.cid }
      this.instance?.stopCalling()
      this.instance?.tell('notifyCalleeAck', told)
      return this.emit('callAccepted', answer)
    }
    state.callees = state.callees.filter((callee) => callee !== answer.account)
    if (state.callees.length === 0) this.finish()
    this.emit('callRejected', answer)
  }
  private answeredElsewhere(ack: NetcallEvents['callerAckSync']): void {
    const rang = this.invitations.settle(ack.cid)
    const answering = this.state.phase === 'answering' && this.isMine(ack.cid)
    if (answering) this.finish()
    if (rang || answering) this.emit('callerAckSync', ack)
  }

  private peerHungUp(hangup: NetcallEvents['hangup']): void {
    const rang = this.invitations.settle(hangup.cid)
    const { state } = this
    if (!this.isMine(hangup.cid)) return rang ? this.emit('hangup', hangup) : undefined
    if (isRoom(state)) return
    this.finish()
    this.emit('hangup', hangup)
    if (state.phase === 'session') state.session.over(DISCONNECT_CODE.normal, 'the other side hung up')
  }

  /** The SDK stops repeating a call when the connection is lost, and the call may end meanwhile. */
  private async callOn(): Promise<void> {
    const { state } = this
    if (state.phase !== 'calling' || state.cid === null) return
    const { type, callees: accounts, cid: channelId } = state
    try {
      await this.instance?.past('keepCalling', { type, accounts, channelId })
    } catch (error) {
      const { reason, message: desc } = asNetcallError(error)
      if (this.state !== state || reason !== 'wrong-state') return
      this.finish()
      this.emit('disconnect', { code: DISCONNECT_CODE.roomGone, desc })
    }
  }

  /** Calls need the IM side: without it the current one ends. */
  private signedOut(reason: string, message: string): void {
    const { state } = this
    const code = reason === 'signed-out' ? DISCONNECT_CODE.normal : DISCONNECT_CODE.kicked
    const desc = message || reason
    this.invitations.clear()
    this.state = IDLE
    this.turn += 1
    if (state.phase === 'session') state.session.over(code, desc)
    else if (state.phase !== 'idle') this.emit('disconnect', { code, desc })
  }

  // ── The current call or room ───────────────────────────────────────────────────────────────────────────────────────

  private open(sdk: Sdk, nim: CallNim): void {
    const instance = new SdkInstance(sdk, nim, {
      handle: (event, payload) => this.handle(event, payload),
      placed: (answer) => {
        const { state } = this
        if (state.phase === 'calling') state.cid ??= cidOf(answer) ?? null
      },
      made: (netcall) => this.encryption.tell(netcall),
      notLetGo: ({ reason, code, message }) => {
        // The peer was faster, or the SDK has released the call itself.
        if (reason !== 'wrong-state') this.emit('error', { code, message })
      },
    })
    this.instance = instance
    this.hearCalls(nim, instance)
  }
  private close(): void {
    this.instance?.dispose()
    this.instance = null
  }

  private get cid(): Cid | null {
    return cidIn(this.state)
  }
  /** Whether that is the current call's or room's number. */
  private isMine(cid: Cid): boolean {
    return this.cid === cid
  }

  private requireIdle(method: string): void {
    if (this.state.phase !== 'idle') throw wrongState(`${method}: a call or room is under way`)
  }

  private connected(method: string): SdkInstance {
    if (!this.instance) throw notConnected(method)
    return this.instance
  }
  private async ask(method: string, run: (sdk: NetcallSdk) => unknown): Promise<unknown> {
    return this.connected(method).ask(method, run)
  }
  private async askFirst(method: string, run: (sdk: NetcallSdk) => unknown): Promise<unknown> {
    return this.connected(method).askFirst(method, run)
  }

  /** The SDK gets only the accepted call, and therefore never uses another one's channel id. */
  private async accept(told: unknown, answer: ResponseParams): Promise<void> {
    const instance = this.connected('response')
    await instance.askFirst('response', (sdk) => {
      instance.tell('beCalled', told)
      return sdk.response(answer)
    })
  }

  private enter(scene: MediaSession['scene'], mode: NetcallMode, cid: Cid | null): MediaSession {
    const session = new MediaSession({ scene, mode, cid }, this.events, {
      ended: (code, desc, othersWait) => this.sessionEnded(session, code, desc, othersWait),
      peerLeft: (hangup) => this.peerHungUp(hangup),
      modeLost: (wanted) => void this.ask('switchMode', (sdk) => sdk.switchMode(wanted)).catch(this.tellError),
    })
    this.state = { phase: 'session', session }
    return session
  }
  /** A step into the session: the SDK resolves it before the gateway has answered. If it fails there is no session. */
  private async within(session: MediaSession, method: string, run: (sdk: NetcallSdk) => unknown): Promise<unknown> {
    try {
      const answer = await this.askFirst(method, run)
      await session.inside
      return answer
    } catch (error) {
      if (!session.isOver) {
        this.finish(session.scene === SCENE.P2P ? 'hangup' : 'quietly')
        session.discard()
      }
      throw error
    }
  }
  private sessionEnded(session: MediaSession, code: DisconnectCode, desc: string, othersWait: boolean): void {
    if (this.state.phase !== 'session' || this.state.session !== session) return
    // The SDK no longer knows whom to notify.
    if (othersWait && session.cid !== null && !isRoom(this.state)) void this.instance?.hangUpPast(session.cid)
    this.finish()
    session.over(code, desc)
  }

  private self(method: string, answer: unknown, session: MediaSession): Self {
    const uid = integer(anyOf(answer, 'uid'))
    const cid = cidOf(answer) ?? session.cid
    if (uid === undefined || cid === null) {
      throw new NetcallError('service-error', `${method}: the SDK's answer has no uid and cid`)
    }
    return { uid, cid, account: this.im.account }
  }

  /** Resets to idle; resolves, and never rejects, when the SDK has released the call. */
  private leave(way: Way): Promise<void> {
    const {
      cid,
      state: { phase },
    } = this
    this.state = IDLE
    this.turn += 1
    if (cid !== null) this.invitations.settle(cid)
    // Synchronously, because sign-out closes the connection next; only an answer in flight has to arrive before.
    if (cid !== null && way === 'hangup' && phase !== 'answering') void this.instance?.hangUpPast(cid)
    return this.instance?.letGo(way) ?? Promise.resolve()
  }
  private finish(way: Way = 'quietly'): void {
    void this.leave(way)
  }

  private readonly tellError = (error: unknown): void => {
    const { code, message } = asNetcallError(error)
    this.emit('error', { code, message })
  }
}
