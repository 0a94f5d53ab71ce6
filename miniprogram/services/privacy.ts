/** The mini-program's privacy guideline: WeChat opens no microphone and no camera before the user has agreed to it. */

/** The id of the sheet's agree button: WeChat checks that it was tapped. */
export const AGREE_BUTTON = 'agree-privacy'

/** Holds WeChat's question until the sheet (components/privacy-sheet) has its answer. */
export class Privacy {
  private readonly listeners = new Set<() => void>()
  /** One for each function of WeChat's that waits for the answer. */
  private questions: WechatMiniprogram.AnswerPrivacy[] = []
  /** Those of them that WeChat does not yet know to be shown. */
  private unseen: WechatMiniprogram.AnswerPrivacy[] = []
  private name = ''

  /** Whether the user has to be asked now. */
  get asking(): boolean {
    return this.questions.length > 0
  }
  /** The guideline's name as the mini-program's console has it; empty where WeChat does not tell. */
  get contract(): string {
    return this.name
  }

  /** Takes WeChat's question over, for the app's life. Older base libraries never ask. */
  start(): void {
    if (typeof wx.onNeedPrivacyAuthorization !== 'function') return
    wx.onNeedPrivacyAuthorization((answer: WechatMiniprogram.AnswerPrivacy) => {
      this.questions.push(answer)
      this.unseen.push(answer)
      // Without a sheet whoever asked would wait for ever.
      if (this.listeners.size === 0) this.refuse()
      else this.tell()
    })
  }

  /** Whether the user has agreed, perhaps long ago; else asks now and waits for the answer. */
  ensure(): Promise<boolean> {
    if (typeof wx.getPrivacySetting !== 'function') return Promise.resolve(true)
    return new Promise((resolve) => {
      wx.getPrivacySetting({
        success: ({ needAuthorization, privacyContractName }) => {
          this.name = privacyContractName
          if (!needAuthorization) resolve(true)
          else wx.requirePrivacyAuthorize({ success: () => resolve(true), fail: () => resolve(false) })
        },
        // WeChat then asks by itself once a device opens.
        fail: () => resolve(true),
      })
    })
  }

  /** Calls the listener whenever there is something to ask, or no more; the answer stops it. */
  subscribe(listener: () => void): () => void {
    this.listeners.add(listener)
    return () => {
      this.listeners.delete(listener)
      if (this.listeners.size === 0) this.refuse()
    }
  }

  /** The user sees the question. */
  shown(): void {
    for (const answer of this.unseen.splice(0)) answer({ event: 'exposureAuthorization' })
  }
  /** The user has tapped the agree button. */
  agree(): void {
    this.answer({ event: 'agree', buttonId: AGREE_BUTTON })
  }
  /** The user does not agree, or what the question was for is over. */
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
    for (const listener of this.listeners) listener()
  }
}
