/** Controller of group calls: owns the room state, joins, leaves and invites, and runs the effects of transitions. */
import { encodeMessage, type CallMessage } from '../call/messages'
import { startingMedia, type CallSettings } from '../call/local-media'
import { recordingParams } from '../call/recording-params'
import type { CallKind, LocalMedia, NetworkQuality } from '../call/state'
import { send } from '../call/send'
import { CODE, NETCALL_TIMING, ROLE } from '../netcall/constants'
import { Listeners } from '../netcall/emitter'
import { NetcallError } from '../netcall/errors'
import type { Im } from '../netcall/im'
import type { Account, JoinedChannel, Netcall, StreamMember } from '../netcall/types'
import type { RoomEffect, RoomEvent } from './events'
import { decodeRoomWord, encodeRoomMessage, encodeRoomWord, type RoomMessage } from './messages'
import { nameOfGroupCall } from './name'
import { listenToRoom } from './provider-events'
import { reasonOfEntry } from './reasons'
import { isInRoom, isRoomBusy, type Invitee, type RoomEndReason, type RoomRole, type RoomState } from './state'
import { roomTransition } from './transition'

interface RoomControllerOptions {
  settings: () => Readonly<CallSettings>
  /** Whether the account is busy with a call. */
  busyElsewhere: () => boolean
}
/** An invitation that was rejected as busy. */
export interface MissedRoom {
  inviter: Account
  title: string
  kind: CallKind
  /** When it arrived, ms. */
  at: number
}
type RoomListener = (state: RoomState, previous: RoomState) => void
type Enter = Extract<RoomEffect, { type: 'enter' }>

/** Interval of announcing continued speech, ms. */
const SPEECH_TOLD_EVERY = 5_000

export class RoomController {
  private readonly settings: () => Readonly<CallSettings>
  private readonly busyElsewhere: () => boolean
  private readonly listeners = new Listeners<Parameters<RoomListener>>()
  private readonly missedListeners = new Listeners<[missed: MissedRoom]>()
  private current: RoomState = { phase: 'idle' }
  /** The account of the invitations. */
  private me: Account = ''
  /** Epoch of phases: results for an earlier one are ignored. */
  private turn = 0
  /** Members of the session before the join has completed. */
  private early: StreamMember[] | null = null
  private saidToSpeakAt = 0
  private answerTimer: ReturnType<typeof setTimeout> | null = null
  private readonly inviteTimers = new Map<Account, ReturnType<typeof setTimeout>>()
  private provider: { netcall: Netcall; im: Im; release: () => void } | null = null

  constructor({ settings, busyElsewhere }: RoomControllerOptions) {
    this.settings = settings
    this.busyElsewhere = busyElsewhere
  }

  get state(): RoomState {
    return this.current
  }

  /** Subscribes to state changes. Returns the unsubscribe function. */
  subscribe(listener: RoomListener): () => void {
    return this.listeners.add(listener)
  }

  /** Subscribes to invitations that were rejected as busy; they never become the state. Returns the unsubscribe function. */
  onMissed(listener: (missed: MissedRoom) => void): () => void {
    return this.missedListeners.add(listener)
  }

  /** Attaches the signed-in account's instance: rooms go through it from now on. */
  attach(netcall: Netcall, im: Im): void {
    this.detach()
    this.me = im.account
    this.provider = { netcall, im, release: this.listen(netcall, im) }
  }

  /** Detaches the instance; leaves the current room. */
  detach(): void {
    if (!this.provider) return
    this.leave()
    this.decline()
    this.provider.release()
    this.provider = null
  }

  /** Opens a group call and invites these accounts; its title is its members. Ignored while busy. */
  callGroup(accounts: Account[], kind: CallKind, { camera = true }: { camera?: boolean } = {}): void {
    if (!this.provider || this.busyElsewhere()) return
    const at = Date.now()
    const room = nameOfGroupCall(this.me, at)
    const title = [this.me, ...accounts].join(', ')
    this.dispatch({ type: 'call-group', room, title, kind, accounts, local: this.localMedia(kind, camera), at })
  }
  /** Joins a room by name, creating it if missing. Ignored while busy. */
  join(room: string, kind: CallKind, role: RoomRole, { camera = true }: { camera?: boolean } = {}): void {
    if (!this.provider || this.busyElsewhere()) return
    this.dispatch({ type: 'join', room, kind, role, local: this.localMedia(kind, camera), at: Date.now() })
  }
  accept({ camera = true }: { camera?: boolean } = {}): void {
    this.dispatch({ type: 'accept', camera, at: Date.now() })
  }
  decline(): void {
    this.dispatch({ type: 'decline', at: Date.now() })
  }
  leave(): void {
    this.dispatch({ type: 'leave', at: Date.now() })
  }
  /** Invites more accounts into the current room; those that rejected are invited again. */
  invite(accounts: Account[]): void {
    this.dispatch({ type: 'invite', accounts })
  }
  toggleMicrophone(): void {
    if (this.local) this.dispatch({ type: 'microphone', on: !this.local.microphone })
  }
  toggleCamera(): void {
    if (this.local) this.dispatch({ type: 'camera', on: !this.local.camera })
  }
  flipCamera(): void {
    this.dispatch({ type: 'flip' })
  }
  toggleSpeaker(): void {
    if (this.local) this.dispatch({ type: 'speaker', on: !this.local.speaker })
  }
  /** Microphone permission was denied: a host cannot stay without it. */
  microphoneRefused(): void {
    this.fail('microphone-refused')
  }
  /** The camera was denied or failed: the room continues with audio. */
  cameraFailed(): void {
    this.dispatch({ type: 'camera-failed' })
  }
  setAway(away: boolean): void {
    this.dispatch({ type: 'away', away })
  }
  noteNetwork(quality: NetworkQuality): void {
    this.dispatch({ type: 'network', quality })
  }
  /** The local user was just heard. */
  noteSpeech(): void {
    const now = Date.now()
    if (now - this.saidToSpeakAt < SPEECH_TOLD_EVERY) return
    this.saidToSpeakAt = now
    this.dispatch({ type: 'speech' })
  }
  /** The end of the last room has been shown. */
  dismiss(): void {
    this.dispatch({ type: 'dismiss' })
  }

  private get local(): LocalMedia | null {
    return isRoomBusy(this.current) ? this.current.local : null
  }

  private localMedia(kind: CallKind, camera = true): LocalMedia {
    return startingMedia(this.settings(), kind, camera)
  }

  private dispatch(event: RoomEvent): void {
    const previous = this.current
    const { state, effects } = roomTransition(previous, event, this.me)
    if (state !== previous) this.change(state, previous)
    for (const effect of effects) this.perform(effect)
  }

  private change(state: RoomState, previous: RoomState): void {
    this.current = state
    if (state.phase !== previous.phase) {
      if (this.answerTimer !== null) clearTimeout(this.answerTimer)
      this.answerTimer =
        state.phase === 'invited'
          ? setTimeout(() => this.dispatch({ type: 'time-out', at: Date.now() }), NETCALL_TIMING.callTimeout)
          : null
      this.turn++
      this.early = null
    }
    this.timeInvitees(inviteesOf(state), isInRoom(state) ? state.room : '')
    this.listeners.emit(state, previous)
  }

  /** Each invited account is waited for as long as in a call, from when the room exists. */
  private timeInvitees(invitees: readonly Invitee[], room: string): void {
    const ringing = room === '' ? [] : invitees.filter(({ state }) => state === 'ringing')
    for (const [account, timer] of this.inviteTimers) {
      if (ringing.some((invitee) => invitee.account === account)) continue
      clearTimeout(timer)
      this.inviteTimers.delete(account)
    }
    for (const { account } of ringing) {
      if (this.inviteTimers.has(account)) continue
      const giveUp = (): void => this.dispatch({ type: 'invitee', room, account, state: 'no-answer' })
      this.inviteTimers.set(account, setTimeout(giveUp, NETCALL_TIMING.callTimeout))
    }
  }

  private perform(effect: RoomEffect): void {
    if (!this.provider) return
    const { netcall, im } = this.provider
    switch (effect.type) {
      case 'enter':
        return void this.enter(netcall, effect)
      case 'leave':
        return send(netcall.hangup())
      case 'send':
        return this.send(im, effect.to, effect.message)
      case 'say-busy':
        this.send(im, effect.inviter, { type: 'room-answer', room: effect.room, answer: 'busy' })
        this.missedListeners.emit(effect)
        return
      case 'switch-mode':
        return send(netcall.switchMode(effect.mode))
      case 'control':
        return send(netcall.control({ cid: effect.cid, command: effect.command }))
      case 'announce-recording':
        return this.message(im, effect.to, { type: 'recording', cid: effect.cid, ...effect.wish })
      case 'announce-network':
        return this.message(im, effect.to, { type: 'network', cid: effect.cid, quality: effect.quality })
    }
  }

  private async enter(netcall: Netcall, effect: Enter): Promise<void> {
    const { turn } = this
    const isOff = (): boolean => turn !== this.turn
    try {
      if (effect.make === 'first') await makeRoom(netcall, effect)
      const joined = isOff() ? null : await this.joinChannel(netcall, effect, isOff)
      if (!joined || isOff()) return
      const { cid, uid, custom } = joined
      const { early } = this
      this.dispatch({ type: 'joined', cid, uid, told: decodeRoomWord(custom), at: Date.now() })
      if (early) this.dispatch({ type: 'entered', cid, members: early })
    } catch (error) {
      if (!isOff()) this.fail(reasonOfEntry(error))
    }
  }

  /** Null if the user left before joining completed. */
  private async joinChannel(netcall: Netcall, effect: Enter, isOff: () => boolean): Promise<JoinedChannel | null> {
    const { room: channelName, mode, make } = effect
    const role = effect.role === 'host' ? ROLE.ROLE_HOST : ROLE.ROLE_AUDIENCE
    const params = { channelName, mode, role, ...recordingParams(this.settings()) }
    try {
      return await netcall.joinChannel(params)
    } catch (error) {
      if (make !== 'if-missing' || !isCode(error, CODE.roomGone)) throw error
    }
    if (isOff()) return null
    await makeRoom(netcall, effect)
    return isOff() ? null : netcall.joinChannel(params)
  }

  private entered(members: StreamMember[]): void {
    const { current } = this
    if (isInRoom(current)) this.dispatch({ type: 'entered', cid: current.cid, members })
    else if (current.phase === 'joining') this.early = members
  }

  private send(im: Im, to: Account, message: RoomMessage): void {
    const sent = im.sendCustomMessage({ to, content: encodeRoomMessage(message) })
    switch (message.type) {
      case 'room-invite': {
        const { room } = message
        return void sent.catch(() => this.dispatch({ type: 'invitee', room, account: to, state: 'offline' }))
      }
      case 'room-answered':
        return void sent.catch(noOtherDevice)
      default:
        return send(sent)
    }
  }

  private message(im: Im, to: Account[], message: CallMessage): void {
    for (const account of to) send(im.sendCustomMessage({ to: account, content: encodeMessage(message) }))
  }

  private fail(reason: RoomEndReason): void {
    this.dispatch({ type: 'fail', reason, at: Date.now() })
  }

  private listen(netcall: Netcall, im: Im): () => void {
    return listenToRoom(netcall, im, {
      state: () => this.current,
      dispatch: (event) => this.dispatch(event),
      localMedia: (kind) => this.localMedia(kind),
      busyElsewhere: this.busyElsewhere,
      entered: (members) => this.entered(members),
    })
  }
}

/** Stops the ringing of invited accounts. */
function noOtherDevice(): void {}

function inviteesOf(state: RoomState): readonly Invitee[] {
  return isInRoom(state) ? state.invitees : []
}

/** Another member may have created the room first. */
async function makeRoom(netcall: Netcall, { room, title, kind }: Enter): Promise<void> {
  try {
    await netcall.createChannel({ channelName: room, custom: encodeRoomWord({ title, kind }) })
  } catch (error) {
    if (!isCode(error, CODE.conflict)) throw error
  }
}

function isCode(error: unknown, code: number): boolean {
  return error instanceof NetcallError && error.code === code
}
