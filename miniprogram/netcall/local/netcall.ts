import { DISCONNECT_CODE, SCENE, type EncryptType, type NetcallMode } from '../constants'
import type { LocalNetcallConfig } from '../config'
import { NetcallError } from '../errors'
import type { CallIm, ImEvents } from '../im'
import type { GatewayLogin, SignalMethods, SignalNotifications } from '../protocol'
import type {
  AccountUidMap,
  CallParams,
  Cid,
  ControlParams,
  CreateChannelParams,
  JoinChannelParams,
  JoinedChannel,
  Netcall,
  NetcallStatus,
  ResponseParams,
  Self,
  StartRtcParams,
} from '../types'
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
} from '../arguments'
import { asNetcallError, wrongState } from '../failures'
import { Instance } from '../instance'
import { Invitations } from '../invitations'
import { KeepCalling } from './keep-calling'
import { gatewayUrl } from './server-map'
import { MediaSession, type Channel } from './session'
import { IDLE, PUBLIC_PHASE, type State } from './state'

type LoginWishes = Omit<GatewayLogin, 'uid' | 'cid' | 'accid' | 'token' | 'usertype'>

/** The netcall instance over the local call service. */
export class LocalNetcall extends Instance implements Netcall {
  private readonly im: CallIm
  private readonly invitations = new Invitations<SignalNotifications['beCalled']>()
  private readonly keepCalling = new KeepCalling()
  private state: State = IDLE
  private encryptType: EncryptType = 0
  private encryptKey = ''
  /** Settles when the service has confirmed the last placed call, and its end if it was cancelled. */
  private placing: Promise<unknown> = Promise.resolve()

  constructor(config: LocalNetcallConfig) {
    super(config.debug === true)
    this.im = config.im
    this.im.on('connect', (connection) => this.backOnline(connection))
    this.im.on('beCalled', (call) => this.beCalled(call))
    this.im.on('notifyCalleeAck', (ack) => this.calleeAnswered(ack))
    this.im.on('notifyCalleeAckSync', (ack) => this.answeredElsewhere(ack))
    this.im.on('notifyHangup', (hangup) => this.peerHungUp(hangup))
    this.im.on('netcallControl', (control) => this.controlled(control))
    this.im.on('notifyJoin', (join) => this.memberJoined(join))
    this.im.on('disconnect', (end) => this.signedOut(end))
  }

  async call(params: CallParams): Promise<AccountUidMap> {
    const { type, callees, custom, forceKeepCalling } = callArguments(params)
    this.requireIdle('call')
    const calling: State = { phase: 'calling', callees, channel: null }
    this.state = calling
    try {
      const pushConfig = { forceKeepCalling, ...(custom === undefined ? {} : { custom }) }
      const wish = { type, accounts: callees, pushConfig, webrtcEnable: true }
      const placing = this.placing.then(() => this.place(wish, calling))
      this.placing = placing.catch(() => {})
      const { channelId: cid, uid, serverMap, accountUidMap, keepCallingAccounts } = await placing
      calling.channel = { cid, uid, serverMap, accountUidMap }
      this.im.protocol.setCurrentNetcall(cid)
      this.keepCalling.start(keepCallingAccounts, {
        ask: async (accounts) => (await this.im.keepCalling({ type, accounts, channelId: cid })).accounts,
        failed: (error) => this.callingFailed(cid, error),
      })
      return { ...accountUidMap }
    } catch (error) {
      if (this.state === calling) this.finish()
      const failure = asNetcallError(error)
      if (failure.reason === 'callee-offline')
        this.events.emit('error', { code: failure.code, message: failure.message })
      throw failure
    }
  }

  async response(params: ResponseParams): Promise<void> {
    const { caller, cid, type, accepted } = responseArguments(params)
    const { uid, serverMap, accountUidMap } = this.invitations.from(caller, cid)
    if (accepted) this.requireIdle('response')
    const answering: State = { phase: 'answering', channel: { cid, uid, serverMap, accountUidMap } }
    if (accepted) {
      this.state = answering
      this.im.protocol.setCurrentNetcall(cid)
    }
    await this.invitations.answer(
      cid,
      () => this.im.calleeAck({ account: caller, channelId: cid, type, accepted }),
      () => void (this.state === answering && this.finish()),
    )
    if (!accepted) return
    if (this.state !== answering) throw wrongState('response: the call ended before it was answered')
    this.state = { phase: 'answered', channel: answering.channel }
  }

  startRtc(params: StartRtcParams): Promise<Self> {
    return new Promise((resolve, reject) => {
      const { mode, recording } = startRtcArguments(params)
      if (this.state.phase !== 'answered') throw wrongState('startRtc: there is no answered call')
      const { channel } = this.state
      this.enter(channel, { scene: SCENE.P2P, mode, ...recording }, reject, () => resolve(this.self(channel)))
    })
  }

  async hangup(): Promise<void> {
    const { state } = this
    if (state.phase === 'idle') return
    const cid = this.cid
    const told = cid === null ? null : this.tellHangup(cid)
    const left = state.phase === 'session' ? state.session.leave('hung up') : this.finish()
    await Promise.all([told, left])
  }

  async control(params: ControlParams): Promise<void> {
    const { command, cid = this.cid } = controlArguments(params)
    if (cid === null) throw wrongState('control: there is no call')
    await this.im.netcallControl({ channelId: cid, type: command })
  }

  async createChannel(params: CreateChannelParams): Promise<{ timetag: number }> {
    return this.im.createChannel({ ...createChannelArguments(params), webrtcEnable: true })
  }

  joinChannel(params: JoinChannelParams): Promise<JoinedChannel> {
    return new Promise((resolve, reject) => void this.joinRoom(params, resolve, reject).catch(reject))
  }

  async leaveChannel(): Promise<void> {
    const { state } = this
    const inRoom = state.phase === 'joining' || (state.phase === 'session' && state.scene === SCENE.MEETING)
    if (!inRoom) throw wrongState('leaveChannel: not in a room')
    await this.hangup()
  }

  async switchMode(mode: NetcallMode): Promise<void> {
    netcallMode(mode)
    if (this.state.phase !== 'session') throw wrongState('switchMode: there is no session')
    await this.state.session.switchMode(mode)
  }

  getStatus(): Promise<NetcallStatus> {
    const { state } = this
    const session = state.phase === 'session' ? state.session : null
    const ringing = state.phase === 'idle' ? this.invitations.ringing : undefined
    return Promise.resolve({
      account: this.im.account,
      phase: ringing ? 'ringing' : PUBLIC_PHASE[state.phase],
      cid: ringing?.cid ?? this.cid,
      uid: ringing?.told.uid ?? this.channel?.uid ?? null,
      mode: session?.mode ?? null,
      connected: session?.connected ?? false,
    })
  }

  async setEncryptType(type: EncryptType): Promise<void> {
    this.encryptType = encryptTypeArgument(type)
  }
  async setEncryptKey(key: string): Promise<void> {
    this.encryptKey = encryptKeyArgument(key)
  }

  // ── Events of the IM side ──────────────────────────────────────────────────────────────────────────────────────────

  /** After a reconnect: calls may have ended, or wait for an answer. */
  private backOnline({ reconnected, calls }: ImEvents['connect']): void {
    if (!reconnected) return
    this.keepCalling.now()
    for (const { cid, caller } of calls ? this.invitations.outdated(calls) : []) {
      this.peerHungUp({ channelId: cid, account: caller, timetag: Date.now() })
    }
  }

  private beCalled(invitation: SignalNotifications['beCalled']): void {
    const { account: caller, channelId: cid, type, custom } = invitation
    if (!this.invitations.add(cid, { caller, told: invitation })) return
    this.events.emit('beCalling', { caller, cid, type, ...(custom === '' ? {} : { custom }) })
  }

  private calleeAnswered({ account, channelId: cid, type, accepted }: SignalNotifications['notifyCalleeAck']): void {
    const { state } = this
    if (state.phase !== 'calling' || state.channel?.cid !== cid) return
    if (accepted) {
      this.keepCalling.stop()
      this.state = { phase: 'answered', channel: state.channel }
      return this.events.emit('callAccepted', { account, cid, type })
    }
    this.keepCalling.forget(account)
    state.callees = state.callees.filter((callee) => callee !== account)
    if (state.callees.length === 0) this.finish()
    this.events.emit('callRejected', { account, cid, type })
  }

  private answeredElsewhere({ channelId: cid, ...ack }: SignalNotifications['notifyCalleeAckSync']): void {
    const rang = this.invitations.settle(cid)
    // The local answer is in flight, and too late.
    const answering = this.state.phase === 'answering' && this.cid === cid
    if (answering) this.finish()
    if (rang || answering) this.events.emit('callerAckSync', { cid, ...ack })
  }

  private peerHungUp({ channelId: cid, account, timetag, reason }: SignalNotifications['notifyHangup']): void {
    const rang = this.invitations.settle(cid)
    const tell = (): void =>
      reason === undefined
        ? this.events.emit('hangup', { cid, account, timetag })
        : this.events.emit('liveRoomClose', { cid, reason })
    if (this.cid !== cid) return rang ? tell() : undefined
    if (this.state.phase !== 'session') {
      this.finish()
      return tell()
    }
    if (this.state.scene !== SCENE.P2P) return
    // The gateway may be about to report the same.
    if (reason === undefined) void this.state.session.leave('the other side hung up', tell)
    else void this.state.session.leave(reason, tell, DISCONNECT_CODE.roomGone)
  }

  private controlled({ account, type: command, channelId: cid }: SignalNotifications['netcallControl']): void {
    if (this.cid === cid || this.invitations.has(cid)) this.events.emit('control', { cid, account, command })
  }

  private memberJoined({ channelId: cid, accountUidMap }: SignalNotifications['notifyJoin']): void {
    if (this.cid !== cid) return
    for (const [account, uid] of Object.entries(accountUidMap)) this.events.emit('joinChannel', { uid, account, cid })
  }

  /** Calls need the IM side: without it the current one ends. */
  private signedOut({ reason, message }: ImEvents['disconnect']): void {
    this.invitations.clear()
    const code = reason === 'signed-out' ? DISCONNECT_CODE.normal : DISCONNECT_CODE.kicked
    const desc = message || reason
    if (this.state.phase === 'session') return void this.state.session.leave(desc, undefined, code)
    if (this.state.phase === 'idle') return
    this.finish()
    this.events.emit('disconnect', { code, desc })
  }

  /** Repeating a call failed. If the service no longer knows the call, it has ended; other errors may be temporary. */
  private callingFailed(cid: Cid, error: unknown): void {
    const { reason, message: desc } = asNetcallError(error)
    if (this.cid !== cid || (reason !== 'wrong-state' && reason !== 'refused')) return
    this.finish()
    this.events.emit('disconnect', { code: DISCONNECT_CODE.roomGone, desc })
  }

  // ── The current call or room ───────────────────────────────────────────────────────────────────────────────────────

  private get channel(): Channel | null {
    return 'channel' in this.state ? this.state.channel : null
  }
  private get cid(): Cid | null {
    return this.channel?.cid ?? null
  }

  private self({ uid, cid }: Channel): Self {
    return { uid, cid, account: this.im.account }
  }

  private requireIdle(method: string): void {
    if (this.state.phase !== 'idle') throw wrongState(`${method}: a call or room is under way`)
  }

  private async joinRoom(
    params: JoinChannelParams,
    resolve: (joined: JoinedChannel) => void,
    reject: (error: NetcallError) => void,
  ): Promise<void> {
    const { channelName, mode, role, liveEnable, recording } = joinChannelArguments(params)
    this.requireIdle('joinChannel')
    encryptionOf(this.encryptType, this.encryptKey)
    const joining: State = { phase: 'joining' }
    this.state = joining
    const live = liveEnable === undefined ? {} : { liveEnable }
    try {
      const answer = await this.im.joinChannel({
        channelName,
        ...(liveEnable === undefined ? {} : { liveOption: { liveEnable } }),
      })
      const { channelId: cid, accountUidMap, serverMap, custom } = answer
      if (this.state !== joining) {
        void this.tellHangup(cid)
        throw wrongState('joinChannel: left before the service had answered')
      }
      const uid = accountUidMap[this.im.account]
      if (uid === undefined) throw new NetcallError('service-error', 'joinChannel: the service gave me no uid')
      const channel: Channel = { cid, uid, serverMap, accountUidMap }
      this.im.protocol.setCurrentNetcall(cid)
      this.enter(channel, { scene: SCENE.MEETING, mode, role, ...live, ...recording }, reject, () =>
        resolve({ ...this.self(channel), accountUidMap: { ...accountUidMap }, ...(custom === '' ? {} : { custom }) }),
      )
    } catch (error) {
      if (this.state === joining) this.finish()
      throw error
    }
  }

  /** Serializes calls: a redial waits until the cancelled call has ended. */
  private async place(wish: SignalMethods['initNetcall']['body'], calling: State) {
    const answer = this.state === calling ? await this.im.initNetcall(wish) : null
    if (answer && this.state === calling) return answer
    if (answer) await this.tellHangup(answer.channelId)
    throw wrongState('call: hung up before the service had answered')
  }

  private enter(
    channel: Channel,
    wishes: LoginWishes,
    reject: (error: NetcallError) => void,
    entered: () => void,
  ): void {
    const login: GatewayLogin = {
      uid: channel.uid,
      cid: channel.cid,
      accid: this.im.account,
      token: String(channel.cid),
      usertype: 2,
      ...wishes,
      ...encryptionOf(this.encryptType, this.encryptKey),
    }
    const session = new MediaSession(gatewayUrl(channel.serverMap), channel, login, {
      events: this.events,
      entered,
      over: (error, tellOthers) => {
        this.finish()
        if (tellOthers) void this.tellHangup(channel.cid)
        reject(error)
      },
    })
    this.state = { phase: 'session', channel, scene: wishes.scene, session }
    session.open()
  }

  /** Resets to idle: no timers, no channel, and the call does not ring again. */
  private finish(): void {
    const { cid } = this
    this.keepCalling.stop()
    if (cid !== null) this.invitations.settle(cid)
    this.state = IDLE
    this.im.protocol.setCurrentNetcall()
  }

  /** Reports the end to the service. Locally the call has ended in any case: errors are emitted, not thrown. */
  private async tellHangup(cid: Cid): Promise<void> {
    try {
      await this.im.hangup({ channelId: cid })
    } catch (error) {
      const { reason, code, message } = asNetcallError(error)
      // The gateway's logout, or the peer, was faster.
      if (reason !== 'wrong-state') this.events.emit('error', { code, message })
    }
  }
}
