import { Listeners } from '../netcall/emitter'
import { texts, type LanguageCode, type SectionName, type Texts } from '../texts/index'
import type { SettingsStore } from './settings'

interface Localized {
  setData(data: Record<string, unknown>): void
}

/** The display language: the phone's, or the one chosen on the settings page. */
export class Language {
  private readonly settings: SettingsStore
  private readonly listeners = new Listeners()
  private shown: LanguageCode

  constructor(settings: SettingsStore) {
    this.settings = settings
    this.shown = this.choose()
    settings.subscribe(() => {
      const chosen = this.choose()
      if (chosen === this.shown) return
      this.shown = chosen
      this.listeners.emit()
    })
  }

  get code(): LanguageCode {
    return this.shown
  }

  texts<S extends SectionName>(section: S): Texts<S> {
    return texts(section, this.shown)
  }

  /** Subscribes to changes of the language. Returns the unsubscribe function. */
  subscribe(listener: () => void): () => void {
    return this.listeners.add(listener)
  }

  /** Keeps the sections of `t` of a page or component up to date: `t.<section>.<key>` in its template. Returns the unsubscribe function. */
  follow(page: Localized, ...sections: SectionName[]): () => void {
    const show = (): void =>
      page.setData({ t: Object.fromEntries(sections.map((section) => [section, this.texts(section)])) })
    show()
    return this.subscribe(show)
  }

  private choose(): LanguageCode {
    const { language } = this.settings.get()
    if (language !== 'system') return language
    return wx.getAppBaseInfo().language.toLowerCase().startsWith('zh') ? 'zh' : 'en'
  }
}
