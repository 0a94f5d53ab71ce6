/** The page controller of one-to-one calls: owns the netcall instance's events and the call state, and runs the effects of transitions. */
import { CONTROL_COMMAND, NETCALL_TIMING, type NetcallMode } from '../netcall/constants'
import { Listeners } from '../netcall/emitter'
import type { Im } from '../netcall/im'
import type { Account, Cid, Netcall } from '../netcall/types'
import type { CallEffect, CallEvent } from './events'
import { encodeCustom, encodeMessage, type CallMessage } from './messages'
import { typeOfKind } from './mode'
import { listenTo } from './provider-events'
import { reasonOfAnswer, reasonOfError } from './reasons'
import { startingMedia, type CallSettings } from './local-media'
import { recordingParams } from './recording-params'
import {
  isActive,
  isBusy,
  type CallKind,
  type CallState,
  type EndReason,
  type LocalMedia,
  type NetworkQuality,
  type VideoRequest,
} from './state'
import { send } from './send'
import { transition } from './transition'

interface CallControllerOptions {
  settings: () => Readonly<CallSettings>
  /** Whether the account is busy with something other than a call: a room. */
  busyElsewhere?: () => boolean
}
interface PlaceOptions {
  /** False: the camera must not be used. */
  camera?: boolean
  /** Keep calling an offline callee: it rings once it is online. */
  keepCalling?: boolean
}
type StateListener = (state: CallState, previous: CallState) => void
/** A call that was rejected as busy. It is rejected again if it rings again. */
export interface MissedCall {
  peer: Account
  kind: CallKind
  cid: Cid
  /** When it rang, ms. */
  at: number
}

const FINISHED_KEPT = 16

/** Durations of the steps of a video request, ms. The asked side times out first, so that it cannot agree after the request has expired. */
const VIDEO_REQUEST_LASTS: Record<Exclude<VideoRequest, 'none'>, number> = {
  asking: 25_000,
  asked: 20_000,
  declined: 4_000,
  unanswered: 4_000,
}

export class CallController {
  private readonly settings: () => Readonly<CallSettings>
  private readonly busyElsewhere: () => boolean
  private readonly listeners = new Listeners<Parameters<StateListener>>()
  private readonly missedListeners = new Listeners<[missed: MissedCall]>()
  /** Ended calls: a late repetition of their ring is not a new call. */
  private readonly finished: Cid[] = []
  private current: CallState = { phase: 'idle' }
  /** Epoch of the call; answers for an earlier one are ignored. */
  private callNumber = 0
  private answerTimer: ReturnType<typeof setTimeout> | null = null
  private videoTimer: ReturnType<typeof setTimeout> | null = null
  private provider: { netcall: Netcall; im: Im; release: () => void } | null = null

  constructor(options: CallControllerOptions) {
    this.settings = options.settings
    this.busyElsewhere = options.busyElsewhere ?? (() => false)
  }

  get state(): CallState {
    return this.current
  }

  /** Subscribes to state changes. Returns the unsubscribe function. */
  subscribe(listener: StateListener): () => void {
    return this.listeners.add(listener)
  }

  /** Subscribes to calls that were rejected as busy; they never become the state. Returns the unsubscribe function. */
  onMissed(listener: (missed: MissedCall) => void): () => void {
    return this.missedListeners.add(listener)
  }

  /** Attaches the signed-in account's instance: calls go through it from now on. */
  attach(netcall: Netcall, im: Im): void {
    this.detach()
    this.provider = { netcall, im, release: this.listen(netcall, im) }
  }

  /** Detaches the instance; an active call is hung up. */
  detach(): void {
    if (!this.provider) return
    this.hangUp()
    this.reject()
    this.provider.release()
    this.provider = null
  }

  /** Calls an account. Ignored during another call, or while signed out. */
  callUser(peer: Account, kind: CallKind, { camera = true, keepCalling = false }: PlaceOptions = {}): void {
    if (!this.provider || this.busyElsewhere()) return
    const local = startingMedia(this.settings(), kind, camera)
    this.dispatch({ type: 'call', peer, kind, local, keepCalling, at: Date.now() })
  }
  accept({ camera = true }: Pick<PlaceOptions, 'camera'> = {}): void {
    this.dispatch({ type: 'accept', camera, at: Date.now() })
  }
  reject(): void {
    this.dispatch({ type: 'reject', at: Date.now() })
  }
  /** Ends the call; cancels an outgoing one. */
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
  /** Switches between front and back camera. */
  flipCamera(): void {
    this.dispatch({ type: 'flip' })
  }
  toggleSpeaker(): void {
    const local = this.local
    if (local) this.dispatch({ type: 'speaker', on: !local.speaker })
  }
  /** Microphone permission was denied: no call is possible without it. */
  microphoneRefused(): void {
    this.fail('microphone-refused')
  }
  /** The camera was denied or failed: the call continues with audio. */
  cameraFailed(): void {
    this.dispatch({ type: 'camera-failed' })
  }
  /** The app was moved to the background or interrupted by a phone call, or is back. */
  setAway(away: boolean): void {
    this.dispatch({ type: 'away', away })
  }
  /** Quality of the local stream; changes are sent to the peer. */
  noteNetwork(quality: NetworkQuality): void {
    this.dispatch({ type: 'network', quality })
  }
  /** Asks the peer to turn the audio call into a video call. */
  askForVideo(): void {
    this.dispatch({ type: 'ask-video' })
  }
  /** Answers the peer's video request. */
  answerVideo(agree: boolean): void {
    this.dispatch({ type: 'answer-video', agree })
  }
  /** Turns a video call into an audio call, or withdraws the video request. */
  switchToAudio(): void {
    this.dispatch({ type: 'switch-to-audio' })
  }
  /** The end of the last call has been shown. */
  dismiss(): void {
    this.dispatch({ type: 'dismiss' })
  }

  private get local(): LocalMedia | null {
    return isBusy(this.current) ? this.current.local : null
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
        ? setTimeout(() => this.dispatch({ type: 'time-out', at: Date.now() }), NETCALL_TIMING.callTimeout)
        : null
    }
    this.timeVideoRequest(requestOf(state), requestOf(previous))
    // A call begins with ringing.
    if (ringing && state.phase !== previous.phase) this.callNumber++
    if (state.phase === 'ended' && 'cid' in previous && previous.cid !== null) this.remember(previous.cid)
    this.listeners.emit(state, previous)
  }

  private timeVideoRequest(request: VideoRequest, previous: VideoRequest): void {
    if (request === previous) return
    if (this.videoTimer !== null) clearTimeout(this.videoTimer)
    this.videoTimer =
      request === 'none'
        ? null
        : setTimeout(() => this.dispatch({ type: 'video-request-over' }), VIDEO_REQUEST_LASTS[request])
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
            forceKeepCalling: effect.keepCalling,
          }),
          () => send(this.learnNumber(netcall)),
        )
      case 'respond': {
        const { caller, cid, kind, accepted } = effect
        const response = netcall.response({ caller, cid, type: typeOfKind(kind), accepted })
        if (accepted) this.attempt(response, () => this.dispatch({ type: 'response-sent' }), reasonOfAnswer)
        else send(response)
        return
      }
      case 'say-busy': {
        const { caller, cid, kind } = effect
        send(netcall.control({ cid, command: CONTROL_COMMAND.NETCALL_CONTROL_COMMAND_BUSY }))
        send(netcall.response({ caller, cid, type: typeOfKind(kind), accepted: false }))
        const missed: MissedCall = { peer: caller, kind, cid, at: Date.now() }
        this.missedListeners.emit(missed)
        return
      }
      case 'start-rtc':
        return this.startRtc(effect.mode)
      case 'hang-up':
        return send(netcall.hangup())
      case 'announce-recording':
        return this.message(im, effect.peer, { type: 'recording', cid: effect.cid, ...effect.wish })
      case 'announce-network':
        return this.message(im, effect.peer, { type: 'network', cid: effect.cid, quality: effect.quality })
      case 'switch-mode':
        return send(netcall.switchMode(effect.mode))
      case 'control':
        return send(netcall.control({ cid: effect.cid, command: effect.command }))
    }
  }

  /** Starts the media session with the recording settings, for caller and callee alike. */
  private startRtc(mode: NetcallMode): void {
    if (!this.provider) return
    this.attempt(this.provider.netcall.startRtc({ mode, ...recordingParams(this.settings()) }))
  }

  private message(im: Im, to: Account, message: CallMessage): void {
    send(im.sendCustomMessage({ to, content: encodeMessage(message) }))
  }

  /** The answer to `call` has the members' uids, but not the channel id. */
  private async learnNumber(netcall: Netcall): Promise<void> {
    const number = this.callNumber
    const { cid } = await netcall.getStatus()
    if (cid !== null && number === this.callNumber) this.dispatch({ type: 'placed', cid })
  }

  /** A required step: its failure ends the call. */
  private attempt(step: Promise<unknown>, then?: () => void, reason = reasonOfError): void {
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
    return listenTo(netcall, im, {
      state: () => this.current,
      dispatch: (event) => this.dispatch(event),
      busyElsewhere: this.busyElsewhere,
      localMedia: (kind) => startingMedia(this.settings(), kind),
      isFinished: (cid) => this.finished.includes(cid),
    })
  }
}

function requestOf(state: CallState): VideoRequest {
  return isActive(state) ? state.videoRequest : 'none'
}
