/** The interface of a preview phone for tests. */
interface Window {
  __phone: {
    phone: {
      sockets: ReadonlySet<import('../../../preview/conditions/phone-socket').PhoneSocket>
      /** All created sounds that were not destroyed. */
      audios: ReadonlySet<unknown>
      sounds: ReadonlyArray<{ src: string; loop: boolean }>
      timers: import('../../../preview/conditions/timers').Timers
      conditions: import('../../../preview/conditions').Conditions
      capture: { inUse: string[] }
      vibrations: number
      screenKeptOn: boolean
      setTheme(theme: 'light' | 'dark'): void
      setNotch(notch: boolean): void
      router: { navigateTo(url: string): unknown; reLaunch(url: string): void; navigateBack(delta: number): void }
    }
    app: {
      settings: { change(change: Partial<import('../../../miniprogram/services/settings').Settings>): void }
      call: {
        state: import('../../../miniprogram/call/state').CallState
        listeners: { emit(state: unknown, previous: unknown): void }
        dismiss(): void
      }
      entry: { place(account: string, kind: 'audio' | 'video'): Promise<void> }
    }
    faults: import('../../../preview/runtime/faults').Faults
    pages(): Array<{ route: string }>
    pushers: Set<unknown>
    players: Set<unknown>
  }
}

/** The browser of all end-to-end tests, see environment.ts. */
declare var e2eBrowser: import('playwright-core').Browser
