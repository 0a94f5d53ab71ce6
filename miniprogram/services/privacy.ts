/** The mini-program's privacy guideline: WeChat opens no microphone and camera before the user has agreed to it. */
import { Listeners } from '../netcall/emitter'

/** Id of the sheet's agree button: WeChat checks that it was tapped. */
export const AGREE_BUTTON = 'agree-privacy'

/** Holds WeChat's question until the sheet (components/privacy-sheet) has the answer. */
export class Privacy {
  private readonly listeners = new Listeners()
  /** One resolver per WeChat function that waits for the answer. */
  private questions: WechatMiniprogram.AnswerPrivacy[] = []
  /** Resolvers to which the display was not reported yet. */
  private unseen: WechatMiniprogram.AnswerPrivacy[] = []
  private name = ''

  /** Whether the user has to be asked now. */
  get asking(): boolean {
    return this.questions.length > 0
  }
  /** The guideline's name from the mini-program's console; empty if unknown. */
  get contract(): string {
    return this.name
  }

  /** Handles WeChat's question, for the app's life. Older base libraries never ask. */
  start(): void {
    if (typeof wx.onNeedPrivacyAuthorization !== 'function') return
    wx.onNeedPrivacyAuthorization((answer: WechatMiniprogram.AnswerPrivacy) => {
      this.questions.push(answer)
      this.unseen.push(answer)
      // Without a sheet, callers would wait forever.
      if (this.listeners.size === 0) this.refuse()
      else this.tell()
    })
  }

  /** Whether the user has agreed, now or earlier; asks if necessary. */
  ensure(): Promise<boolean> {
    if (typeof wx.getPrivacySetting !== 'function') return Promise.resolve(true)
    return new Promise((resolve) => {
      wx.getPrivacySetting({
        success: ({ needAuthorization, privacyContractName }) => {
          this.name = privacyContractName
          if (!needAuthorization) resolve(true)
          else wx.requirePrivacyAuthorize({ success: () => resolve(true), fail: () => resolve(false) })
        },
        // WeChat then asks when a device opens.
        fail: () => resolve(true),
      })
    })
  }

  /** Subscribes to `needed`. Returns the unsubscribe function. */
  subscribe(listener: () => void): () => void {
    const remove = this.listeners.add(listener)
    return () => {
      remove()
      if (this.listeners.size === 0) this.refuse()
    }
  }

  /** The question is visible. */
  shown(): void {
    for (const answer of this.unseen.splice(0)) answer({ event: 'exposureAuthorization' })
  }
  /** The agree button was tapped. */
  agree(): void {
    this.answer({ event: 'agree', buttonId: AGREE_BUTTON })
  }
  /** The user disagreed, or the question is obsolete. */
  refuse(): void {
    this.answer({ event: 'disagree' })
  }

  private answer(given: WechatMiniprogram.PrivacyAnswer): void {
    if (!this.asking) return
    this.unseen = []
    for (const answer of this.questions.splice(0)) answer(given)
    this.tell()
  }
  private tell(): void {
    this.listeners.emit()
  }
}
