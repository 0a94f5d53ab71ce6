/** Places, accepts and joins calls and rooms after asking for everything that needs the user's consent. */
import type { CallController } from '../call/controller'
import { isBusy, type CallKind } from '../call/state'
import type { Account, Cid } from '../netcall/types'
import type { RoomController } from '../room/controller'
import { isRoomBusy, type RoomRole } from '../room/state'
import type { Texts } from '../texts/index'
import type { Language } from './language'
import { askFor, showRefusal, type Permission, type Refusal } from './permissions'
import type { Privacy } from './privacy'
import type { SettingsStore } from './settings'

interface Parts {
  call: Pick<CallController, 'state' | 'subscribe' | 'callUser' | 'accept'>
  room: Pick<RoomController, 'state' | 'subscribe' | 'callGroup' | 'join' | 'accept'>
  settings: Pick<SettingsStore, 'get'>
  language: Pick<Language, 'texts'>
  privacy: Pick<Privacy, 'ensure' | 'refuse'>
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
/** Long enough to read a sentence, ms. */
const SENTENCE_SHOWN = 3_000

export class CallEntry {
  private readonly parts: Parts
  private placing = false
  /** The call or room being accepted. */
  private accepting: Cid | string | null = null

  constructor(parts: Parts) {
    this.parts = parts
  }

  /**
   * Calls an account after agreement to the privacy guideline and with microphone permission. A denial is shown with its way out. Never
   * rejects. Without a camera the call begins with the camera off.
   */
  async place(peer: Account, kind: CallKind, options: { keepCalling?: boolean } = {}): Promise<void> {
    await this.begin(kind, (media) => this.parts.call.callUser(peer, kind, { ...options, ...media }))
  }

  /** Opens a group call with these accounts, under the same conditions. */
  async callGroup(accounts: Account[], kind: CallKind): Promise<void> {
    await this.begin(kind, (media) => this.parts.room.callGroup(accounts, kind, media))
  }

  /** Joins a room by name. Audience members are not asked. */
  async joinRoom(name: string, role: RoomRole, kind: CallKind): Promise<void> {
    const { room } = this.parts
    if (role === 'host') await this.begin(kind, (media) => room.join(name, kind, role, media))
    else if (this.isFree()) room.join(name, kind, role)
    else this.say('busy')
  }

  /** Accepts the ringing call, under the same conditions. After a denial it keeps ringing. */
  async accept(): Promise<void> {
    const { call } = this.parts
    const { state } = call
    if (state.phase !== 'incoming' || state.cid === this.accepting) return
    const { cid, kind } = state
    this.accepting = cid
    const admission = await this.admit(kind, () => call.state.phase === 'incoming' && call.state.cid === cid)
    if (this.accepting === cid) this.accepting = null
    if (!admission) return
    call.accept(mediaOf(admission))
    this.sayCamera(admission)
  }

  /** Accepts the invitation, under the same conditions. After a denial it keeps ringing. */
  async acceptRoom(): Promise<void> {
    const { room } = this.parts
    const { state } = room
    if (state.phase !== 'invited' || state.room === this.accepting) return
    const { room: name, kind } = state
    this.accepting = name
    const admission = await this.admit(kind, () => room.state.phase === 'invited' && room.state.room === name)
    if (this.accepting === name) this.accepting = null
    if (!admission) return
    room.accept(mediaOf(admission))
    this.sayCamera(admission)
  }

  /** Runs one outgoing action at a time. */
  private async begin(kind: CallKind, enter: (media: { camera?: false }) => void): Promise<void> {
    if (this.placing) return
    if (!this.isFree()) return this.say('busy')
    this.placing = true
    const admission = await this.admit(kind, () => this.isFree())
    this.placing = false
    if (!admission) return
    enter(mediaOf(admission))
    this.sayCamera(admission)
  }

  private isFree(): boolean {
    const { call, room } = this.parts
    return !isBusy(call.state) && !isRoomBusy(room.state)
  }

  /**
   * Asks for the permissions of a call. Returns null if the call must not proceed; the user was told why, unless `stands` no longer holds.
   */
  private async admit(kind: CallKind, stands: () => boolean): Promise<Admission | null> {
    const { call, room, privacy, settings } = this.parts
    // The sheet closes with its call.
    const follow = (): void => {
      if (!stands()) privacy.refuse()
    }
    const stops = [call.subscribe(follow), room.subscribe(follow)]
    const agreed = await privacy.ensure()
    for (const stop of stops) stop()
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

/** Local media at the start of a call or room. */
function mediaOf({ camera }: Admission): { camera?: false } {
  return camera === 'granted' ? {} : { camera: false }
}
