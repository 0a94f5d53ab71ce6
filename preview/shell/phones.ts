/** The phones, side by side. */
import { dom } from '../elements/element'
import { FaultsMenu } from './faults-menu'
import type { Preferences } from './preferences'
import type { Texts } from './texts'

export class Phones {
  readonly node = dom('main', { className: 'phones' })
  private readonly frames = new Map<
    string,
    { figure: HTMLElement; frame: HTMLIFrameElement; remove: HTMLElement; faults: FaultsMenu }
  >()

  constructor(
    private readonly preferences: () => Preferences,
    private readonly texts: () => Texts,
    private readonly onRemove: (account: string) => void,
  ) {}

  /** Shows one phone per account; existing ones are not restarted. */
  draw(): void {
    const { accounts } = this.preferences()
    for (const [account, { figure }] of this.frames) {
      if (accounts.includes(account)) continue
      figure.remove()
      this.frames.delete(account)
    }
    for (const account of accounts) if (!this.frames.has(account)) this.add(account)
    for (const { remove, faults } of this.frames.values()) {
      faults.draw()
      remove.title = this.texts().removePhone
      remove.setAttribute('aria-label', this.texts().removePhone)
      remove.hidden = accounts.length < 2
    }
  }

  /** Restarts all phones with the current language and camera. */
  restart(): void {
    for (const [account, { frame }] of this.frames) frame.src = this.url(account)
  }

  setTheme(theme: 'light' | 'dark'): void {
    for (const { frame } of this.frames.values()) frame.contentWindow?.postMessage({ theme }, location.origin)
  }

  private add(account: string): void {
    const frame = dom('iframe', {
      name: account,
      title: account,
      allow: 'camera; microphone; autoplay; clipboard-write',
    })
    frame.src = this.url(account)
    const remove = dom('button', { className: 'quiet', textContent: '×' })
    remove.addEventListener('click', () => this.onRemove(account))
    const caption = dom('figcaption', {}, dom('span', { textContent: account }), remove)
    const faults = new FaultsMenu(account, frame, this.texts)
    const phone = dom('div', { className: 'phone-case' }, frame)
    const figure = dom('figure', { className: 'phone-frame' }, caption, phone, faults.node)
    this.frames.set(account, { figure, frame, remove, faults })
    this.node.append(figure)
  }

  private url(account: string): string {
    const { theme, language, source, rest } = this.preferences()
    const query = new URLSearchParams(rest)
    query.set('account', account)
    query.set('theme', theme)
    query.set('lang', language === 'zh' ? 'zh_CN' : 'en')
    if (source === 'synthetic') query.set('source', source)
    return `phone.html?${query.toString()}`
  }
}
