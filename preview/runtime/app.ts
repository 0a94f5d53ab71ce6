/** The mini-program's App and its comings and goings. */
import { Listeners } from './emitter'

export interface LaunchOptions {
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
  private background = false

  constructor(readonly launch: LaunchOptions) {}

  /** The global `App`. */
  readonly define = (definition: Record<string, unknown>): void => {
    this.instance = definition
  }
  /** The global `getApp`. */
  readonly get = (): Record<string, unknown> | null => this.instance

  start(): void {
    if (!this.instance) throw new Error('app.ts did not call App()')
    this.call('onLaunch', this.launch)
    this.show()
  }
  /** The phone's user leaves for another app … */
  hide(): void {
    if (this.background) return
    this.background = true
    this.call('onHide')
    this.hidden.emit(undefined)
  }
  /** … and comes back. */
  show(): void {
    this.background = false
    this.call('onShow', this.launch)
    this.shown.emit(this.launch)
  }
  error(message: string): void {
    this.call('onError', message)
    this.failed.emit(message)
  }
  themeChanged(theme: string): void {
    this.call('onThemeChange', { theme })
  }

  private call(name: string, ...values: unknown[]): void {
    const method = this.instance?.[name]
    if (typeof method === 'function') Reflect.apply(method, this.instance, values)
  }
}
