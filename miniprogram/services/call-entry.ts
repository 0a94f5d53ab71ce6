/** The door to a call: whatever has to be asked of the user is asked here, before one is placed or accepted. */
import type { CallController } from '../call/controller'
import { isBusy, type CallKind } from '../call/state'
import type { Account, Cid } from '../netcall/types'
import type { Texts } from '../texts/index'
import type { Language } from './language'
import { askFor, type Permission } from './permissions'
import type { Privacy } from './privacy'
import type { SettingsStore } from './settings'

interface Parts {
  call: Pick<CallController, 'state' | 'subscribe' | 'callUser' | 'accept'>
  settings: Pick<SettingsStore, 'get'>
  language: Pick<Language, 'texts'>
  privacy: Pick<Privacy, 'ensure' | 'refuse'>
}
type Refusal = Exclude<Permission, 'granted'>
/** What the call may use. */
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
  /** The call that is being accepted. */
  private accepting: Cid | null = null

  constructor(parts: Parts) {
    this.parts = parts
  }

  /**
   * Calls an account, once the privacy guideline is agreed to and there is a microphone. A refusal is shown with its way
   * out. Never rejects. Without a camera the call is placed with the camera off.
   */
  async place(peer: Account, kind: CallKind, options: { keepCalling?: boolean } = {}): Promise<void> {
    const { call } = this.parts
    if (this.placing) return
    if (isBusy(call.state)) return this.say('busy')
    this.placing = true
    const admission = await this.admit(kind, () => !isBusy(call.state))
    this.placing = false
    if (!admission) return
    call.callUser(peer, kind, admission.camera === 'granted' ? options : { ...options, camera: false })
    this.sayCamera(admission)
  }

  /** Accepts the call that rings, on the same terms. After a refusal it rings on. */
  async accept(): Promise<void> {
    const { call } = this.parts
    const { state } = call
    if (state.phase !== 'incoming' || state.cid === this.accepting) return
    const { cid, kind } = state
    this.accepting = cid
    const admission = await this.admit(kind, () => call.state.phase === 'incoming' && call.state.cid === cid)
    if (this.accepting === cid) this.accepting = null
    if (!admission) return
    call.accept(admission.camera === 'granted' ? {} : { camera: false })
    this.sayCamera(admission)
  }

  /** Asks for what a call needs; null where there is none to be, which the user has been told unless `stands` is over. */
  private async admit(kind: CallKind, stands: () => boolean): Promise<Admission | null> {
    const { call, privacy, settings } = this.parts
    // The sheet goes away with the call that it was shown for.
    const stop = call.subscribe(() => {
      if (!stands()) privacy.refuse()
    })
    const agreed = await privacy.ensure()
    stop()
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
    // A camera that stays off at first is asked for when it is switched on.
    const camera = kind === 'video' && settings.get().cameraOn ? await askFor('camera') : 'granted'
    return stands() ? { camera } : null
  }

  private sayMicrophone(refusal: Refusal): void {
    const { language } = this.parts
    const words = language.texts('permissions')
    const common = language.texts('common')
    const mendable = refusal !== 'not-declared'
    wx.showModal({
      title: words.microphoneTitle,
      content: words[MICROPHONE[refusal]],
      showCancel: mendable,
      cancelText: common.cancel,
      confirmText: mendable ? words.toSettings : common.ok,
      success: ({ confirm }) => {
        if (confirm && refusal === 'refused') void wx.openSetting()
        if (confirm && refusal === 'refused-by-system') void wx.openAppAuthorizeSetting()
      },
    })
  }
  private sayCamera({ camera }: Admission): void {
    if (camera !== 'granted') this.say(CAMERA[camera])
  }
  private say(sentence: keyof Texts<'permissions'>): void {
    const title = this.parts.language.texts('permissions')[sentence]
    void wx.showToast({ title, icon: 'none', duration: SENTENCE_SHOWN })
  }
}
