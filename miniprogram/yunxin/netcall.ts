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
  encryptionOf,
  encryptKeyArgument,
  encryptTypeArgument,
  joinChannelArguments,
  netcallMode,
  responseArguments,
  startRtcArguments,
} from '../netcall/arguments'
import { asNetcallError, notConnected, wrongState } from '../netcall/failures'
import { Instance } from '../netcall/instance'
import type {
  Account,
  AccountUidMap,
  CallParams,
  Cid,
  ControlParams,
  CreateChannelParams,
  JoinChannelParams,
  JoinedChannel,
  Netcall,
  NetcallEventName,
  NetcallEvents,
  NetcallStatus,
  ResponseParams,
  Self,
  StartRtcParams,
} from '../netcall/types'
import { cidOf, readEvent } from './events'
import { SdkInstance } from './instance'
import { Invitations } from './invitations'
import type { YunxinIm } from './im'
import type { NetcallSdk, Nim, Sdk } from './sdk'
import { MediaSession } from './session'
import { accountUidMap, anyOf, integer, text } from './values'

/** `cid` is null until the SDK has told the call's number. */
type State =
  | { phase: 'idle' }
  | { phase: 'calling'; callees: Account[]; cid: Cid | null }
  | { phase: 'answering' | 'answered'; cid: Cid | null }
  | { phase: 'session'; session: MediaSession }

const IDLE: State = { phase: 'idle' }

/** The contract's instance over NetEase's call SDK, whose ways it evens out. */
export class YunxinNetcall extends Instance implements Netcall {
  private readonly im: YunxinIm
  private readonly invitations = new Invitations()
  private instance: SdkInstance | null = null
  private state: State = IDLE
  private encryptType: EncryptType = 0
  private encryptKey = ''
  /** Counts the calls and rooms that are over, so that an answer that comes late changes nothing. */
  private turn = 0

  constructor(im: YunxinIm, sdk: Sdk) {
    super(false)
    this.im = im
    im.onNim = (nim) => this.open(sdk, nim)
    im.on('disconnect', ({ reason, message }) => this.signedOut(reason, message))
  }

  async call(params: CallParams): Promise<AccountUidMap> {
    const { type, callees, custom, forceKeepCalling } = callArguments(params)
    this.requireIdle('call')
    const calling: State = { phase: 'calling', callees: [...callees], cid: null }
    const { turn } = this
    this.state = calling
    try {
      const pushConfig = custom === undefined ? {} : { pushConfig: { custom } }
      const callee = Array.isArray(params.callee) ? callees : callees[0]
      const answer = await this.askFirst('call', (sdk) => sdk.call({ type, callee, forceKeepCalling, ...pushConfig }))
      if (this.turn !== turn) throw wrongState('call: hung up before the service had answered')
      if (this.state === calling) calling.cid ??= await this.askNumber(answer)
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
    if (this.invitations.caller(cid) !== caller) {
      throw new NetcallError('wrong-state', `response: ${caller} does not call with cid ${cid}`, {
        code: CODE.notFound,
      })
    }
    if (accepted) this.requireIdle('response')
    const answering: State = { phase: 'answering', cid }
    if (accepted) this.state = answering
    this.invitations.settle(cid)
    try {
      await this.ask('response', (sdk) => sdk.response({ caller, accepted, type, cid }))
    } catch (error) {
      if (this.state === answering) this.finish()
      throw error
    }
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
    const inRoom = state.phase === 'session' && state.session.scene === SCENE.MEETING
    const letGo = this.leave(inRoom ? 'leaveChannel' : 'hangup')
    if (state.phase === 'session') state.session.over(DISCONNECT_CODE.normal, 'hung up')
    await letGo
  }

  async control(params: ControlParams): Promise<void> {
    const { command, cid = this.cid } = controlArguments(params)
    if (cid === null) throw wrongState('control: there is no call')
    await this.ask('control', (sdk) => sdk.control({ cid, command }))
  }

  async createChannel(params: CreateChannelParams): Promise<{ timetag: number }> {
    const channel = createChannelArguments(params)
    const answer = await this.ask('createChannel', (sdk) => sdk.createChannel(channel))
    return { timetag: integer(anyOf(answer, 'timetag')) ?? Date.now() }
  }

  async joinChannel(params: JoinChannelParams): Promise<JoinedChannel> {
    const { channelName, mode, role, liveEnable, recording } = joinChannelArguments(params)
    this.requireIdle('joinChannel')
    encryptionOf(this.encryptType, this.encryptKey)
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
    const inRoom = this.state.phase === 'session' && this.state.session.scene === SCENE.MEETING
    if (!inRoom) throw wrongState('leaveChannel: not in a room')
    await this.hangup()
  }

  async switchMode(mode: NetcallMode): Promise<void> {
    netcallMode(mode)
    if (this.state.phase !== 'session') throw wrongState('switchMode: there is no session')
    const { session } = this.state
    await this.ask('switchMode', (sdk) => sdk.switchMode(mode))
    session.mode = mode
  }

  getStatus(): Promise<NetcallStatus> {
    const { state } = this
    const session = state.phase === 'session' ? state.session : null
    const ringing = state.phase === 'idle' ? this.invitations.ringing : undefined
    return Promise.resolve({
      account: this.im.account,
      phase: ringing === undefined ? PUBLIC_PHASE[state.phase] : 'ringing',
      cid: ringing ?? this.cid,
      uid: session?.uid ?? null,
      mode: session?.mode ?? null,
      connected: session?.connected ?? false,
    })
  }

  async setEncryptType(type: EncryptType): Promise<void> {
    this.encryptType = encryptTypeArgument(type)
    await this.instance?.ask('setEncryptType', (sdk) => sdk.setEncryptType(type))
  }
  async setEncryptKey(key: string): Promise<void> {
    this.encryptKey = encryptKeyArgument(key)
    await this.instance?.ask('setEncryptKey', (sdk) => sdk.setEncryptKey(key))
  }

  // ── What the SDK tells ─────────────────────────────────────────────────────────────────────────────────────────────

  private hear(event: NetcallEventName, payload: unknown): void {
    const cid = this.cid ?? undefined
    if (event === 'error') return this.readAnd('error', payload, cid, (error) => this.failed(error))
    if (event === 'beCalling') return this.readAnd(event, payload, cid, (call) => this.beCalled(call))
    if (event === 'callAccepted') return this.readAnd(event, payload, cid, (answer) => this.accepted(answer))
    if (event === 'callRejected') return this.readAnd(event, payload, cid, (answer) => this.rejected(answer))
    if (event === 'callerAckSync') return this.readAnd(event, payload, cid, (ack) => this.answeredElsewhere(ack))
    if (event === 'hangup') return this.readAnd(event, payload, cid, (hangup) => this.peerHungUp(hangup))
    if (event === 'control') return this.readAnd(event, payload, cid, (control) => this.controlled(control))
    if (this.state.phase === 'session') this.state.session.hear(event, payload)
    else if (event === 'disconnect' && this.state.phase !== 'idle')
      this.readAnd(event, payload, cid, (end) => this.broken(end))
  }

  private readAnd<E extends NetcallEventName>(
    event: E,
    payload: unknown,
    cid: Cid | undefined,
    then: (payload: NetcallEvents[E]) => void,
  ): void {
    const read = readEvent[event](payload, cid)
    if (read) then(read)
    else this.emit('error', { code: CODE.internal, message: `${event}: the SDK's payload has not the expected shape` })
  }

  private beCalled(call: NetcallEvents['beCalling']): void {
    if (this.invitations.add(call.cid, call.caller)) this.emit('beCalling', call)
  }

  private accepted(answer: NetcallEvents['callAccepted']): void {
    if (this.state.phase !== 'calling' || !this.isMine(answer.cid)) return
    this.state = { phase: 'answered', cid: answer.cid }
    this.emit('callAccepted', answer)
  }
  private rejected(answer: NetcallEvents['callRejected']): void {
    const { state } = this
    if (state.phase !== 'calling' || !this.isMine(answer.cid)) return
    state.callees = state.callees.filter((callee) => callee !== answer.account)
    if (state.callees.length === 0) this.finish('hangup')
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
    if (state.phase === 'idle' || !this.isMine(hangup.cid)) {
      if (!rang) return
      if (state.phase === 'idle' && this.invitations.ringing === undefined) this.finish()
      return this.emit('hangup', hangup)
    }
    if (state.phase === 'session' && state.session.scene === SCENE.MEETING) return
    // The SDK stays in the media session by itself.
    this.finish('hangup')
    this.emit('hangup', hangup)
    if (state.phase === 'session') state.session.over(DISCONNECT_CODE.normal, 'the other side hung up')
  }
  private controlled(control: NetcallEvents['control']): void {
    if (this.isMine(control.cid) || this.invitations.caller(control.cid) !== undefined) this.emit('control', control)
  }
  private failed(error: NetcallEvents['error']): void {
    // `call` says it when its own answer says so.
    if (error.code !== CODE.calleeOffline) this.emit('error', error)
  }
  private broken(end: NetcallEvents['disconnect']): void {
    this.finish()
    this.emit('disconnect', end)
  }

  /** Without the IM side there is no call: whatever is under way ends. */
  private signedOut(reason: string, message: string): void {
    const { state } = this
    const code = reason === 'signed-out' ? DISCONNECT_CODE.normal : DISCONNECT_CODE.kicked
    const desc = message || reason
    this.invitations.clear()
    this.state = IDLE
    this.turn += 1
    this.instance?.dispose()
    this.instance = null
    if (state.phase === 'session') state.session.over(code, desc)
    else if (state.phase !== 'idle') this.emit('disconnect', { code, desc })
  }

  // ── The one call or room ───────────────────────────────────────────────────────────────────────────────────────────

  private open(sdk: Sdk, nim: Nim): void {
    this.instance = new SdkInstance(sdk, nim, {
      hear: (event, payload) => this.hear(event, payload),
      renewed: () => void this.encrypt(),
      notLetGo: ({ reason, code, message }) => {
        // The other side was quicker, or the SDK has let go by itself.
        if (reason !== 'wrong-state') this.emit('error', { code, message })
      },
    })
    void this.encrypt()
  }

  private get cid(): Cid | null {
    const { state } = this
    if (state.phase === 'session') return state.session.cid
    return 'cid' in state ? state.cid : null
  }
  /** Whether that number is the call's under way, or may be: the SDK has not told its number yet. */
  private isMine(cid: Cid): boolean {
    return this.state.phase !== 'idle' && (this.cid ?? cid) === cid
  }

  private requireIdle(method: string): void {
    if (this.state.phase !== 'idle') throw wrongState(`${method}: a call or room is under way`)
  }

  private async ask(method: string, run: (sdk: NetcallSdk) => unknown): Promise<unknown> {
    if (!this.instance) throw notConnected(method)
    return this.instance.ask(method, run)
  }
  private async askFirst(method: string, run: (sdk: NetcallSdk) => unknown): Promise<unknown> {
    if (!this.instance) throw notConnected(method)
    return this.instance.askFirst(method, run)
  }

  /** `call` answers who is called, but not always the call's own number: the SDK's state has it. */
  private async askNumber(answer: unknown): Promise<Cid | null> {
    const told = cidOf(answer)
    if (told !== undefined) return told
    const status = await this.ask('getStatus', (sdk) => sdk.getStatus()).catch(() => null)
    return cidOf(status) ?? cidOf(anyOf(status, 'netcall', 'channel', 'current')) ?? null
  }

  private enter(scene: MediaSession['scene'], mode: NetcallMode, cid: Cid | null): MediaSession {
    const session = new MediaSession({ scene, mode, cid }, this.events, {
      ended: (code, desc) => this.sessionEnded(session, code, desc),
      peerLeft: (hangup) => this.peerHungUp(hangup),
    })
    this.state = { phase: 'session', session }
    return session
  }
  /** A step into the session: when it fails there is none. */
  private async within(session: MediaSession, method: string, run: (sdk: NetcallSdk) => unknown): Promise<unknown> {
    try {
      const answer = await this.askFirst(method, run)
      if (!session.isOver) return answer
    } catch (error) {
      const left = session.scene === SCENE.P2P ? 'hangup' : null
      if (!session.isOver) this.finish(left)
      session.discard()
      throw error
    }
    throw wrongState(`${method}: the session ended before it began`)
  }
  private sessionEnded(session: MediaSession, code: DisconnectCode, desc: string): void {
    if (this.state.phase !== 'session' || this.state.session !== session) return
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

  /** Back to nothing; the answer resolves, and never rejects, when the SDK has let go of the call in that way. */
  private leave(way: 'hangup' | 'leaveChannel' | null): Promise<void> {
    const { cid } = this
    this.state = IDLE
    this.turn += 1
    if (cid !== null) this.invitations.settle(cid)
    this.invitations.clear()
    return this.instance?.letGo(way) ?? Promise.resolve()
  }
  private finish(way: 'hangup' | 'leaveChannel' | null = null): void {
    void this.leave(way)
  }

  /** A new instance knows no encryption. */
  private async encrypt(): Promise<void> {
    const { encryptType, encryptKey, instance } = this
    if (!instance || encryptType === 0) return
    await instance.ask('setEncryptType', (sdk) => sdk.setEncryptType(encryptType))
    await instance.ask('setEncryptKey', (sdk) => sdk.setEncryptKey(encryptKey))
  }
}

const PUBLIC_PHASE: Record<State['phase'], NetcallStatus['phase']> = {
  idle: 'idle',
  calling: 'calling',
  answering: 'ringing',
  answered: 'session',
  session: 'session',
}
