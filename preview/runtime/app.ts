/** The mini-program's App and its life cycle. */
import type { Background } from '../conditions/background'
import { Listeners } from './emitter'

interface LaunchOptions {
  path: string
  query: Record<string, string>
  scene: number
  referrerInfo: Record<string, never>
}

export class AppHost {
  readonly shown = new Listeners<LaunchOptions>()
  readonly hidden = new Listeners<undefined>()
  readonly failed = new Listeners<string>()
  private instance: Record<string, unknown> | null = null

  /** @param current the page on top, which is hidden with the app */
  constructor(
    readonly launch: LaunchOptions,
    private readonly background: Background,
    private readonly current: { hideCurrent(): void; showCurrent(): void },
  ) {}

  /** The global `App`. */
  readonly define = (definition: Record<string, unknown>): void => {
    this.instance = definition
  }
  /** The global `getApp`. */
  readonly get = (): Record<string, unknown> | null => this.instance

  start(): void {
    if (!this.instance) throw new Error('app.ts did not call App()')
    this.call('onLaunch', this.launch)
    this.enter()
  }
  /** The user switches to another app. */
  hide(): void {
    if (this.background.hidden.on) return
    this.current.hideCurrent()
    this.call('onHide')
    this.hidden.emit(undefined)
    this.background.hide()
  }
  /** The user returns. */
  show(): void {
    if (!this.background.hidden.on) return
    this.background.show()
    this.enter()
    this.current.showCurrent()
  }
  error(message: string): void {
    this.call('onError', message)
    this.failed.emit(message)
  }
  themeChanged(theme: string): void {
    this.call('onThemeChange', { theme })
  }

  private enter(): void {
    this.call('onShow', this.launch)
    this.shown.emit(this.launch)
  }

  private call(name: string, ...values: unknown[]): void {
    const method = this.instance?.[name]
    if (typeof method === 'function') Reflect.apply(method, this.instance, values)
  }
}
