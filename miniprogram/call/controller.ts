/** The controller of calls, one-to-one and in rooms: owns the call state, and connects it with taps, timers and the provider. */
import { NETCALL_TIMING } from '../netcall/constants'
import { Listeners } from '../netcall/emitter'
import type { Im } from '../netcall/im'
import type { Account, Cid, Netcall, StreamMember } from '../netcall/types'
import { runEffect, type MissedCall } from './effects'
import type { CallEvent } from './events'
import { startingMedia, type CallSettings } from './local-media'
import { listenTo } from './provider-events'
import { InviteTimers } from './room/invite-timers'
import { nameOfGroupCall } from './room/name'
import {
  isActive,
  isBusy,
  isInRoom,
  type CallKind,
  type CallState,
  type LocalMedia,
  type NetworkQuality,
  type RoomRole,
  type VideoRequest,
} from './state'
import { transition } from './transition'

interface CallControllerOptions {
  settings: () => Readonly<CallSettings>
}
interface MediaOptions {
  /** False: the camera must not be used. */
  camera?: boolean
}
interface PlaceOptions extends MediaOptions {
  /** Keep calling an offline callee: it rings once it is online. */
  keepCalling?: boolean
}
type StateListener = (state: CallState, previous: CallState) => void

const FINISHED_KEPT = 16
/** Interval of announcing continued speech, ms. */
const SPEECH_TOLD_EVERY = 5_000
/** Durations of the steps of a video request, ms. The asked side times out first, so that it cannot agree after the request has expired. */
const VIDEO_REQUEST_LASTS: Record<Exclude<VideoRequest, 'none'>, number> = {
  asking: 25_000,
  asked: 20_000,
  declined: 4_000,
  unanswered: 4_000,
}

export class CallController {
  private readonly settings: () => Readonly<CallSettings>
  private readonly listeners = new Listeners<Parameters<StateListener>>()
  private readonly missedListeners = new Listeners<[missed: MissedCall]>()
  /** Ended one-to-one calls: a late repetition of their ring is not a new call. */
  private readonly finished: Cid[] = []
  private current: CallState = { phase: 'idle' }
  /** The signed-in account. */
  private me: Account = ''
  /** A new one begins with each call and with its end; results for an earlier one are ignored. */
  private epoch = 0
  /** Members of the media session before joining the room has completed. */
  private early: StreamMember[] | null = null
  private speechToldAt = 0
  private answerTimer: ReturnType<typeof setTimeout> | null = null
  private videoTimer: ReturnType<typeof setTimeout> | null = null
  private readonly inviteTimers = new InviteTimers((room, account) =>
    this.dispatch({ type: 'invitee', room, account, state: 'no-answer' }),
  )
  private provider: { netcall: Netcall; im: Im; release: () => void } | null = null

  constructor({ settings }: CallControllerOptions) {
    this.settings = settings
  }

  get state(): CallState {
    return this.current
  }

  /** Subscribes to state changes. Returns the unsubscribe function. */
  subscribe(listener: StateListener): () => void {
    return this.listeners.add(listener)
  }

  /** Subscribes to calls and invitations that were rejected as busy. Returns the unsubscribe function. */
  onMissed(listener: (missed: MissedCall) => void): () => void {
    return this.missedListeners.add(listener)
  }

  /** Attaches the signed-in account's instance: calls go through it from now on. */
  attach(netcall: Netcall, im: Im): void {
    this.detach()
    this.me = im.account
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
  callUser(peer: Account, kind: CallKind, { camera, keepCalling = false }: PlaceOptions = {}): void {
    if (!this.provider) return
    this.dispatch({ type: 'call', peer, kind, local: this.localMedia(kind, camera), keepCalling, at: Date.now() })
  }
  /** Opens a group call and invites these accounts; its title is its members. Ignored like `callUser`. */
  callGroup(accounts: Account[], kind: CallKind, { camera }: MediaOptions = {}): void {
    if (!this.provider) return
    const at = Date.now()
    const room = nameOfGroupCall(this.me, at)
    const title = [this.me, ...accounts].join(', ')
    this.dispatch({ type: 'call-group', room, title, kind, accounts, local: this.localMedia(kind, camera), at })
  }
  /** Joins a room by name, creating it if missing. Ignored like `callUser`. */
  join(room: string, kind: CallKind, role: RoomRole, { camera }: MediaOptions = {}): void {
    if (!this.provider) return
    this.dispatch({ type: 'join', room, kind, role, local: this.localMedia(kind, camera), at: Date.now() })
  }
  /** Accepts the ringing call or invitation. */
  accept({ camera = true }: MediaOptions = {}): void {
    this.dispatch({ type: 'accept', camera, at: Date.now() })
  }
  /** Rejects the ringing call or invitation. */
  reject(): void {
    this.dispatch({ type: 'reject', at: Date.now() })
  }
  /** Ends the call; cancels an outgoing one, leaves a room. */
  hangUp(): void {
    this.dispatch({ type: 'hang-up', at: Date.now() })
  }
  /** Invites more accounts into the current room; those that rejected are invited again. */
  invite(accounts: Account[]): void {
    this.dispatch({ type: 'invite', accounts })
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
  /** No page can show the call's media: the call ends. */
  noPage(): void {
    this.fail('no-page')
  }
  /** The camera was denied or failed: the call continues with audio. */
  cameraFailed(): void {
    this.dispatch({ type: 'camera-failed' })
  }
  /** The app was moved to the background or interrupted by a phone call, or is back. */
  setAway(away: boolean): void {
    this.dispatch({ type: 'away', away })
  }
  /** Quality of the local stream; changes are sent to the others. */
  noteNetwork(quality: NetworkQuality): void {
    this.dispatch({ type: 'network', quality })
  }
  /** The local user was just heard. */
  noteSpeech(): void {
    const now = Date.now()
    if (now - this.speechToldAt < SPEECH_TOLD_EVERY) return
    this.speechToldAt = now
    this.dispatch({ type: 'speech' })
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

  private fail(reason: 'microphone-refused' | 'no-page'): void {
    const type = this.current.type === 'room' ? 'room-failed' : 'call-failed'
    this.dispatch({ type, reason, at: Date.now() })
  }

  private get local(): LocalMedia | null {
    return isBusy(this.current) ? this.current.local : null
  }

  private localMedia(kind: CallKind, camera?: boolean): LocalMedia {
    return startingMedia(this.settings(), kind, camera)
  }

  private dispatch(event: CallEvent): void {
    const previous = this.current
    const { state, effects } = transition(previous, event, this.me)
    if (state !== previous) this.change(state, previous)
    if (this.provider && effects.length > 0) {
      const { netcall, im } = this.provider
      const { epoch } = this
      for (const effect of effects) {
        runEffect(effect, {
          netcall,
          im,
          settings: this.settings,
          dispatch: (next) => this.dispatch(next),
          onMissed: (missed) => this.missedListeners.emit(missed),
          isCurrent: () => epoch === this.epoch,
        })
      }
    }
    if (event.type === 'joined' && this.early) this.entered(this.early)
  }

  private change(state: CallState, previous: CallState): void {
    this.current = state
    if (state.phase !== previous.phase) this.changePhase(state, previous)
    this.timeVideoRequest(requestOf(state), requestOf(previous))
    this.inviteTimers.follow(state)
    this.listeners.emit(state, previous)
  }

  private changePhase(state: CallState, previous: CallState): void {
    const { phase } = state
    const rings = phase === 'outgoing' || phase === 'incoming' || phase === 'invited'
    if (this.answerTimer !== null) clearTimeout(this.answerTimer)
    this.answerTimer = rings
      ? setTimeout(() => this.dispatch({ type: 'time-out', at: Date.now() }), NETCALL_TIMING.callTimeout)
      : null
    if (rings || phase === 'joining' || phase === 'ended') {
      this.epoch++
      this.early = null
    }
    if (phase === 'ended' && previous.type === 'one-to-one' && previous.cid !== null) this.remember(previous.cid)
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

  private entered(members: StreamMember[]): void {
    const { current } = this
    this.early = current.phase === 'joining' ? members : null
    if (isActive(current) || isInRoom(current)) this.dispatch({ type: 'entered', cid: current.cid, members })
  }

  private listen(netcall: Netcall, im: Im): () => void {
    return listenTo(netcall, im, {
      state: () => this.current,
      dispatch: (event) => this.dispatch(event),
      localMedia: (kind) => this.localMedia(kind),
      isFinished: (cid) => this.finished.includes(cid),
      entered: (members) => this.entered(members),
    })
  }
}

function requestOf(state: CallState): VideoRequest {
  return isActive(state) ? state.videoRequest : 'none'
}
