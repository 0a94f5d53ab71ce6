/** The page controller: owns the netcall instance's events and the one session state, and does what transitions ask for. */
import {
  CODE,
  CONTROL_COMMAND,
  DISCONNECT_CODE,
  NETCALL_TIMING,
  type DisconnectCode,
  type NetcallMode,
} from '../netcall/constants'
import { NetcallError } from '../netcall/errors'
import type { Im } from '../netcall/im'
import type { Account, Cid, Listener, Netcall, NetcallEventName, NetcallEvents } from '../netcall/types'
import { decodeCustom, decodeRecordingMessage, encodeCustom, encodeRecordingMessage } from './messages'
import { kindOfType, modeOf, typeOfKind } from './mode'
import { recordingParams, type RecordingSettings } from './recording-params'
import { isActive, type CallKind, type CallState, type EndReason, type LocalMedia, type RecordingWish } from './state'
import { transition, type CallEffect, type CallEvent } from './transition'

/** What the controller reads of the settings, at each call's start. */
export interface CallSettings extends RecordingSettings {
  microphone: boolean
  cameraOn: boolean
}
export interface CallControllerOptions {
  settings: () => Readonly<CallSettings>
  /** How long a call may ring, ms. */
  answerTimeout?: number
}
type StateListener = (state: CallState, previous: CallState) => void

const FINISHED_KEPT = 16

export class CallController {
  private readonly settings: () => Readonly<CallSettings>
  private readonly answerTimeout: number
  private readonly listeners = new Set<StateListener>()
  /** Calls that are over here: a late repetition of their ring is not a new call. */
  private readonly finished: Cid[] = []
  private current: CallState = { phase: 'idle' }
  /** Counts calls, so that an answer that comes late is not taken for the present call's. */
  private callNumber = 0
  private answerTimer: ReturnType<typeof setTimeout> | null = null
  private provider: { netcall: Netcall; im: Im; release: () => void } | null = null

  constructor(options: CallControllerOptions) {
    this.settings = options.settings
    this.answerTimeout = options.answerTimeout ?? NETCALL_TIMING.callTimeout
  }

  get state(): CallState {
    return this.current
  }

  /** Calls the listener at each change, not now; the answer stops it. */
  subscribe(listener: StateListener): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** Takes over the signed-in account's instance: from now on calls come and go through it. */
  attach(netcall: Netcall, im: Im): void {
    this.detach()
    this.provider = { netcall, im, release: this.listen(netcall, im) }
  }

  /** Lets the instance go; a call under way is hung up. */
  detach(): void {
    if (!this.provider) return
    this.hangUp()
    this.reject()
    this.provider.release()
    this.provider = null
  }

  /** Calls an account. Nothing happens while another call is under way. */
  callUser(peer: Account, kind: CallKind): void {
    this.dispatch({ type: 'call', peer, kind, local: this.localMedia(kind), at: Date.now() })
  }
  accept(): void {
    this.dispatch({ type: 'accept', at: Date.now() })
  }
  reject(): void {
    this.dispatch({ type: 'reject', at: Date.now() })
  }
  /** Ends the call; an outgoing one is cancelled. */
  hangUp(): void {
    this.dispatch({ type: 'hang-up', at: Date.now() })
  }
  toggleMicrophone(): void {
    const local = this.local
    if (local) this.dispatch({ type: 'microphone', on: !local.microphone })
  }
  toggleCamera(): void {
    const local = this.local
    if (local) this.dispatch({ type: 'camera', on: !local.camera })
  }
  toggleSpeaker(): void {
    const local = this.local
    if (local) this.dispatch({ type: 'speaker', on: !local.speaker })
  }
  /** The end of the last call has been shown. */
  dismiss(): void {
    this.dispatch({ type: 'dismiss' })
  }

  private get local(): LocalMedia | null {
    return this.current.phase === 'idle' || this.current.phase === 'ended' ? null : this.current.local
  }

  private localMedia(kind: CallKind): LocalMedia {
    const settings = this.settings()
    const video = kind === 'video'
    const microphone = settings.microphone
    const camera = video && settings.cameraOn
    return {
      url: null,
      mode: modeOf(microphone, camera),
      microphone,
      camera,
      speaker: video,
      recording: {
        audio: settings.recordAudio || settings.rtmpRecord,
        video: video && (settings.recordVideo || settings.rtmpRecord),
      },
    }
  }

  private dispatch(event: CallEvent): void {
    const previous = this.current
    const { state, effects } = transition(previous, event)
    if (state !== previous) this.change(state, previous)
    for (const effect of effects) this.perform(effect)
  }

  private change(state: CallState, previous: CallState): void {
    this.current = state
    const ringing = state.phase === 'outgoing' || state.phase === 'incoming'
    if (state.phase !== previous.phase) {
      if (this.answerTimer !== null) clearTimeout(this.answerTimer)
      this.answerTimer = ringing
        ? setTimeout(() => this.dispatch({ type: 'time-out', at: Date.now() }), this.answerTimeout)
        : null
    }
    // Each call begins by ringing.
    if (ringing && state.phase !== previous.phase) this.callNumber++
    if (state.phase === 'ended' && 'cid' in previous && previous.cid !== null) this.remember(previous.cid)
    for (const listener of this.listeners) listener(state, previous)
  }

  private remember(cid: Cid): void {
    this.finished.push(cid)
    if (this.finished.length > FINISHED_KEPT) this.finished.shift()
  }

  private perform(effect: CallEffect): void {
    if (!this.provider) return
    const { netcall, im } = this.provider
    switch (effect.type) {
      case 'place-call':
        return this.attempt(
          netcall.call({
            type: typeOfKind(effect.kind),
            callee: effect.peer,
            pushConfig: { custom: encodeCustom(effect.wish) },
          }),
          () => tell(this.learnNumber(netcall)),
        )
      case 'respond': {
        const { caller, cid, kind, accepted } = effect
        const response = netcall.response({ caller, cid, type: typeOfKind(kind), accepted })
        if (accepted) this.attempt(response, () => this.dispatch({ type: 'response-sent' }), reasonOfAnswer)
        else tell(response)
        return
      }
      case 'say-busy': {
        const { caller, cid, kind } = effect
        tell(netcall.control({ cid, command: CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_BUSY }))
        tell(netcall.response({ caller, cid, type: typeOfKind(kind), accepted: false }))
        return
      }
      case 'start-rtc':
        return this.startRtc(effect.mode)
      case 'hang-up':
        return tell(netcall.hangup())
      case 'tell-recording':
        return this.tellRecording(im, effect.peer, effect.cid, effect.wish)
      case 'switch-mode':
        return tell(netcall.switchMode(effect.mode))
      case 'control':
        return tell(netcall.control({ cid: effect.cid, command: effect.command }))
    }
  }

  /** Caller and callee alike enter the media session here, with the settings page's recording toggles. */
  private startRtc(mode: NetcallMode): void {
    if (!this.provider) return
    this.attempt(this.provider.netcall.startRtc({ mode, ...recordingParams(this.settings()) }))
  }

  private tellRecording(im: Im, to: Account, cid: Cid, wish: RecordingWish): void {
    tell(im.sendCustomMessage({ to, content: encodeRecordingMessage({ cid, ...wish }) }))
  }

  /** `call` tells the members' numbers, but not the call's own. */
  private async learnNumber(netcall: Netcall): Promise<void> {
    const number = this.callNumber
    const { cid } = await netcall.getStatus()
    if (cid !== null && number === this.callNumber) this.dispatch({ type: 'placed', cid })
  }

  /** Without this step there is no call: its failure ends it. */
  private attempt(step: Promise<unknown>, then?: () => void, reason = reasonOf): void {
    const number = this.callNumber
    step.then(
      () => {
        if (number === this.callNumber) then?.()
      },
      (error: unknown) => {
        if (number === this.callNumber) this.fail(reason(error))
      },
    )
  }

  private fail(reason: EndReason): void {
    this.dispatch({ type: 'fail', reason, at: Date.now() })
  }

  private listen(netcall: Netcall, im: Im): () => void {
    const releases: Array<() => void> = []
    const on = <E extends NetcallEventName>(event: E, listener: Listener<NetcallEvents[E]>): void => {
      netcall.on(event, listener)
      releases.push(() => netcall.off(event, listener))
    }

    on('beCalling', ({ caller, cid, type, custom }) => {
      if (this.finished.includes(cid)) return
      const kind = kindOfType(type)
      const wish = decodeCustom(custom)
      const peerRecords = wish.audio || wish.video
      this.dispatch({
        type: 'be-calling',
        caller,
        cid,
        kind,
        local: this.localMedia(kind),
        peerRecords,
        // Both sides must come to the same answer.
        givesWay: im.account > caller,
        at: Date.now(),
      })
    })
    on('callAccepted', ({ account, cid }) =>
      this.dispatch({ type: 'call-accepted', peer: account, cid, at: Date.now() }),
    )
    on('callRejected', ({ account }) => this.dispatch({ type: 'call-rejected', peer: account, at: Date.now() }))
    on('callerAckSync', ({ cid, accepted }) =>
      this.dispatch({ type: 'answered-elsewhere', cid, accepted, at: Date.now() }),
    )
    on('hangup', ({ cid }) => this.dispatch({ type: 'peer-hang-up', cid, at: Date.now() }))
    on('control', ({ cid, command }) => this.dispatch({ type: 'control', cid, command, at: Date.now() }))
    on('syncDone', ({ userlist }) => {
      if (isActive(this.current)) this.dispatch({ type: 'entered', cid: this.current.cid, members: userlist })
    })
    on('clientJoin', (member) => this.dispatch({ type: 'member-joined', member }))
    on('clientUpdate', ({ cid, uid, mode }) => this.dispatch({ type: 'member-mode', cid, uid, mode }))
    on('willreconnect', ({ count }) => this.dispatch({ type: 'link-lost', attempt: count }))
    // One-to-one, a closed room is the other side's hang-up seen by the gateway.
    on('liveRoomClose', ({ cid }) => this.dispatch({ type: 'peer-hang-up', cid, at: Date.now() }))
    on('kicked', () => this.fail('kicked'))
    on('disconnect', ({ code }) => {
      const reason = reasonOfDisconnect(code)
      if (reason) this.fail(reason)
    })

    const onMessage: Parameters<typeof im.on<'message'>>[1] = ({ from, content }) => {
      const message = decodeRecordingMessage(content)
      if (!message || !isActive(this.current) || this.current.peer !== from) return
      const { cid, audio, video } = message
      this.dispatch({ type: 'peer-recording', cid, wish: { audio, video } })
    }
    im.on('message', onMessage)
    releases.push(() => im.removeListener('message', onMessage))
    return () => {
      for (const release of releases) release()
    }
  }
}

/** A word to the other side whose loss does not end the call. */
function tell(step: Promise<unknown>): void {
  step.catch((error: unknown) => console.warn('netcall:', error instanceof Error ? error.message : error))
}

function reasonOf(error: unknown): EndReason {
  if (!(error instanceof NetcallError)) return 'failed'
  switch (error.reason) {
    case 'callee-offline':
      return 'peer-offline'
    case 'timeout':
    case 'not-connected':
      return 'service-unreachable'
    case 'refused':
      return 'refused'
    default:
      return 'failed'
  }
}

/** My answer found no call any more: its caller had given up. */
function reasonOfAnswer(error: unknown): EndReason {
  return error instanceof NetcallError && error.code === CODE.notFound ? 'peer-cancelled' : reasonOf(error)
}

function reasonOfDisconnect(code: DisconnectCode): EndReason | null {
  switch (code) {
    case DISCONNECT_CODE.normal:
      return null
    case DISCONNECT_CODE.retriesUsedUp:
      return 'connection-lost'
    case DISCONNECT_CODE.kicked:
      return 'kicked'
    case DISCONNECT_CODE.refused:
    case DISCONNECT_CODE.encryptionRefused:
      return 'refused'
    case DISCONNECT_CODE.roomGone:
      return 'room-closed'
  }
}
