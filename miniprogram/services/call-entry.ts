/** Places and accepts calls, and joins rooms, after asking for everything that needs the user's consent. */
import type { CallController } from '../call/controller'
import { isBusy, type CallKind, type CallState, type RoomRole } from '../call/state'
import type { Account, Cid } from '../netcall/types'
import type { Texts } from '../texts/index'
import type { Language } from './language'
import { askFor, showRefusal, type Permission, type Refusal } from './permissions'
import { agreedToPrivacy } from './privacy'
import type { Session } from './session'
import type { SettingsStore } from './settings'

interface Parts {
  call: Pick<CallController, 'state' | 'callUser' | 'callGroup' | 'join' | 'accept'>
  settings: Pick<SettingsStore, 'get'>
  language: Pick<Language, 'texts'>
  session: Pick<Session, 'state'>
}
/** The devices that the call may use. */
interface Admission {
  camera: Permission
}

const MICROPHONE = {
  refused: 'microphoneRefused',
  'refused-by-system': 'microphoneRefusedBySystem',
  'not-declared': 'microphoneNotDeclared',
} as const satisfies Record<Refusal, keyof Texts<'permissions'>>
const CAMERA = {
  refused: 'cameraRefused',
  'refused-by-system': 'cameraRefusedBySystem',
  'not-declared': 'cameraNotDeclared',
} as const satisfies Record<Refusal, keyof Texts<'permissions'>>
/** Accounts of both providers. */
const ACCOUNT = /^[\w.@-]{1,32}$/
/** Long enough to read a sentence, ms. */
const SENTENCE_SHOWN = 3_000

export class CallEntry {
  private readonly parts: Parts
  private placing = false
  /** The call being accepted: its id, or its room's name. */
  private accepting: Cid | string | null = null

  constructor(parts: Parts) {
    this.parts = parts
  }

  /**
   * Calls an account after agreement to the privacy guideline and with microphone permission. A denial is shown with its way out. Never
   * rejects. Without a camera the call begins with the camera off.
   */
  async place(peer: Account, kind: CallKind, options: { keepCalling?: boolean } = {}): Promise<void> {
    if (this.canCall(peer))
      await this.begin(kind, (media) => this.parts.call.callUser(peer, kind, { ...options, ...media }))
  }

  /** Opens a group call with these accounts, under the same conditions. */
  async callGroup(accounts: Account[], kind: CallKind): Promise<void> {
    if (accounts.every((account) => this.canCall(account)))
      await this.begin(kind, (media) => this.parts.call.callGroup(accounts, kind, media))
  }

  /** Joins a room by name. Audience members are not asked. */
  async joinRoom(name: string, role: RoomRole, kind: CallKind): Promise<void> {
    const { call } = this.parts
    if (!this.isSignedIn()) return
    if (role === 'host') await this.begin(kind, (media) => call.join(name, kind, role, media))
    else if (!isBusy(call.state)) call.join(name, kind, role)
    else this.say('busy')
  }

  /** Accepts the ringing call or invitation, under the same conditions. After a denial it keeps ringing. */
  async accept(): Promise<void> {
    const { call } = this.parts
    const { state } = call
    const ringing = ringingId(state)
    if (!isBusy(state) || ringing === null || ringing === this.accepting) return
    this.accepting = ringing
    const admission = await this.admit(state.kind, () => ringingId(call.state) === ringing)
    if (this.accepting === ringing) this.accepting = null
    if (!admission) return
    call.accept(mediaOf(admission))
    this.sayCamera(admission)
  }

  /** Otherwise the user was told why. */
  private canCall(peer: Account): boolean {
    const { state } = this.parts.session
    if (!this.isSignedIn()) return false
    const isMe = state.phase === 'signed-in' && state.account === peer
    if (isMe) this.say('callsYourself')
    else if (!ACCOUNT.test(peer)) this.say('invalidAccount')
    else return true
    return false
  }
  private isSignedIn(): boolean {
    if (this.parts.session.state.phase === 'signed-in') return true
    this.say('signedOut')
    return false
  }

  /** Runs one outgoing action at a time. */
  private async begin(kind: CallKind, enter: (media: { camera?: false }) => void): Promise<void> {
    if (this.placing) return
    if (isBusy(this.parts.call.state)) return this.say('busy')
    this.placing = true
    const admission = await this.admit(kind, () => !isBusy(this.parts.call.state))
    this.placing = false
    if (!admission) return
    enter(mediaOf(admission))
    this.sayCamera(admission)
  }

  /**
   * Asks for the permissions of a call. Returns null if the call must not proceed; the user was told why, unless `stands` no longer holds.
   */
  private async admit(kind: CallKind, stands: () => boolean): Promise<Admission | null> {
    const { settings } = this.parts
    const agreed = await agreedToPrivacy()
    if (!stands()) return null
    if (!agreed) {
      this.say('privacyRefused')
      return null
    }
    const microphone = await askFor('microphone')
    if (!stands()) return null
    if (microphone !== 'granted') {
      this.sayMicrophone(microphone)
      return null
    }
    // A camera that is off at the start is requested when it is switched on.
    const camera = kind === 'video' && settings.get().cameraOn ? await askFor('camera') : 'granted'
    return stands() ? { camera } : null
  }

  private sayMicrophone(refusal: Refusal): void {
    const { language } = this.parts
    const words = language.texts('permissions')
    showRefusal(refusal, { title: words.microphoneTitle, content: words[MICROPHONE[refusal]] }, language)
  }
  private sayCamera({ camera }: Admission): void {
    if (camera !== 'granted') this.say(CAMERA[camera])
  }
  private say(sentence: keyof Texts<'permissions'>): void {
    const title = this.parts.language.texts('permissions')[sentence]
    void wx.showToast({ title, icon: 'none', duration: SENTENCE_SHOWN })
  }
}

/** The ringing call's id, or its room's name; null if none rings. */
function ringingId(state: CallState): Cid | string | null {
  if (state.phase === 'incoming') return state.cid
  return state.phase === 'invited' ? state.room : null
}

/** Local media at the start of a call. */
function mediaOf({ camera }: Admission): { camera?: false } {
  return camera === 'granted' ? {} : { camera: false }
}
