/** The page controller: owns the netcall instance's events and the one session state, and does what transitions ask for. */
import { CONTROL_COMMAND, NETCALL_TIMING, type NetcallMode } from '../netcall/constants'
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
import { tell } from './tell'
import { transition } from './transition'

export interface CallControllerOptions {
  settings: () => Readonly<CallSettings>
  /** Whether something else than a call keeps me busy: a room. */
  busyElsewhere?: () => boolean
}
export interface PlaceOptions {
  /** False: it may not be used. */
  camera?: boolean
  /** Keeps calling someone who is offline: it rings when they come online. */
  keepCalling?: boolean
}
type StateListener = (state: CallState, previous: CallState) => void
/** A call that was told at once that I am busy. It is told again should it ring again. */
export interface MissedCall {
  peer: Account
  kind: CallKind
  cid: Cid
  /** When it rang, ms. */
  at: number
}

const FINISHED_KEPT = 16

/**
 * How long each step of turning audio into video lasts, ms. Who is asked gives up first, so that no agreement comes
 * when the question is off.
 */
const VIDEO_REQUEST_LASTS: Record<Exclude<VideoRequest, 'none'>, number> = {
  asking: 25_000,
  asked: 20_000,
  declined: 4_000,
  unanswered: 4_000,
}

export class CallController {
  private readonly settings: () => Readonly<CallSettings>
  private readonly busyElsewhere: () => boolean
  private readonly listeners = new Set<StateListener>()
  private readonly missedListeners = new Set<(missed: MissedCall) => void>()
  /** Calls that are over here: a late repetition of their ring is not a new call. */
  private readonly finished: Cid[] = []
  private current: CallState = { phase: 'idle' }
  /** Counts calls, so that an answer that comes late is not taken for the present call's. */
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

  /** Calls the listener at each change, not now; the answer stops it. */
  subscribe(listener: StateListener): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** Calls the listener at each call that I am too busy for: such a call never becomes the state. The answer stops it. */
  onMissed(listener: (missed: MissedCall) => void): () => void {
    this.missedListeners.add(listener)
    return () => this.missedListeners.delete(listener)
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

  /** Calls an account. Nothing happens while another call is under way, or nobody is signed in. */
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
  /** Changes between the front and the back camera. */
  flipCamera(): void {
    this.dispatch({ type: 'flip' })
  }
  toggleSpeaker(): void {
    const local = this.local
    if (local) this.dispatch({ type: 'speaker', on: !local.speaker })
  }
  /** The phone refuses the microphone: without it there is no call. */
  microphoneRefused(): void {
    this.fail('microphone-refused')
  }
  /** The camera was refused or does not work: the call goes on without it. */
  cameraFailed(): void {
    this.dispatch({ type: 'camera-failed' })
  }
  /** The mini-program went to the background, or a phone call took its sound; or it is back. */
  setAway(away: boolean): void {
    this.dispatch({ type: 'away', away })
  }
  /** How well my stream goes out: the other side hears when that changes. */
  noteNetwork(quality: NetworkQuality): void {
    this.dispatch({ type: 'network', quality })
  }
  /** Asks the other side to make this audio call a video call. */
  askForVideo(): void {
    this.dispatch({ type: 'ask-video' })
  }
  /** Answers the other side's question for video. */
  answerVideo(agree: boolean): void {
    this.dispatch({ type: 'answer-video', agree })
  }
  /** Makes a video call an audio call, or takes back my question for video. */
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
    // Each call begins by ringing.
    if (ringing && state.phase !== previous.phase) this.callNumber++
    if (state.phase === 'ended' && 'cid' in previous && previous.cid !== null) this.remember(previous.cid)
    for (const listener of this.listeners) listener(state, previous)
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
        const missed: MissedCall = { peer: caller, kind, cid, at: Date.now() }
        for (const listener of this.missedListeners) listener(missed)
        return
      }
      case 'start-rtc':
        return this.startRtc(effect.mode)
      case 'hang-up':
        return tell(netcall.hangup())
      case 'tell-recording':
        return this.message(im, effect.peer, { type: 'recording', cid: effect.cid, ...effect.wish })
      case 'tell-network':
        return this.message(im, effect.peer, { type: 'network', cid: effect.cid, quality: effect.quality })
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

  private message(im: Im, to: Account, message: CallMessage): void {
    tell(im.sendCustomMessage({ to, content: encodeMessage(message) }))
  }

  /** `call` tells the members' numbers, but not the call's own. */
  private async learnNumber(netcall: Netcall): Promise<void> {
    const number = this.callNumber
    const { cid } = await netcall.getStatus()
    if (cid !== null && number === this.callNumber) this.dispatch({ type: 'placed', cid })
  }

  /** Without this step there is no call: its failure ends it. */
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
