/** The mini-program's privacy guideline, which its user may have to accept before a device is used. */
import { Listeners } from '../runtime/emitter'

interface PrivacyAnswer {
  event: 'exposureAuthorization' | 'agree' | 'disagree'
  /** Id of the button that was tapped. */
  buttonId?: string
}
export type PrivacyListener = (resolve: (answer: PrivacyAnswer) => void, info: { referrer: string }) => void

/** WeChat's error for a refusal. */
export class PrivacyRefused extends Error {
  override readonly name = 'PrivacyRefused'

  constructor() {
    super('privacy permission is not authorized')
  }
}

export class Privacy {
  readonly changes = new Listeners<undefined>()
  /** The listener of `wx.onNeedPrivacyAuthorization` that was set last. */
  listener: PrivacyListener | null = null
  private readonly tapped = new Set<string>()
  private readonly pending = new Map<string, Promise<void>>()

  /** @param askItself WeChat's own dialog, for mini-programs without a listener */
  constructor(
    private needs: boolean,
    private readonly askItself: () => Promise<boolean>,
  ) {}

  get needed(): boolean {
    return this.needs
  }
  set(needed: boolean): void {
    if (needed === this.needs) return
    this.needs = needed
    this.tapped.clear()
    this.changes.emit(undefined)
  }

  /** A button of open-type agreePrivacyAuthorization was tapped. */
  agreeBy(buttonId: string): void {
    this.tapped.add(buttonId)
    this.agreed()
  }

  /** Resolves once the user has accepted; rejects with `PrivacyRefused`. */
  require(referrer: string): Promise<void> {
    if (!this.needs) return Promise.resolve()
    const pending = this.pending.get(referrer)
    if (pending) return pending
    const asked = this.ask(referrer).finally(() => this.pending.delete(referrer))
    this.pending.set(referrer, asked)
    return asked
  }

  private async ask(referrer: string): Promise<void> {
    const { listener } = this
    if (!(listener ? await this.askScript(listener, referrer) : await this.askItself())) throw new PrivacyRefused()
    this.agreed()
  }

  private askScript(listener: PrivacyListener, referrer: string): Promise<boolean> {
    return new Promise((settle) => {
      const resolve = ({ event, buttonId = '' }: PrivacyAnswer): void => {
        if (event === 'disagree') settle(false)
        if (event !== 'agree') return
        if (!this.tapped.has(buttonId)) throw new Error(`nobody has tapped the agree button "${buttonId}"`)
        settle(true)
      }
      listener(resolve, { referrer })
    })
  }

  private agreed(): void {
    if (!this.needs) return
    this.needs = false
    this.changes.emit(undefined)
  }
}
