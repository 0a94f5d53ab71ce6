/** Entry of phone.html. */
import { program, templates } from 'virtual:miniprogram'
import './phone.css'
import { loadAac } from '../media/audio-encoder'
import { readPhoneQuery } from './phone-query'
import { Phone } from './phone'
import { createWx } from './wx'

async function boot(): Promise<void> {
  const phone = new Phone(document.body, program, templates, readPhoneQuery(location.search))
  phone.problems.listen()
  const { codeSpace } = phone.space
  Object.assign(globalThis, {
    wx: createWx(phone),
    App: phone.app.define,
    getApp: phone.app.get,
    getCurrentPages: () => phone.router.stack.map((page) => page.instance),
    Behavior: codeSpace.componentEnv('', ({ Behavior }) => Behavior),
    /** Page, Component and Behavior for the file at a path; used by the plugin's transform. */
    componentEnvironment: (path: string) => codeSpace.componentEnv(path, (environment) => environment),
    /** The timers of the mini-program's scripts; used by the plugin's transform. */
    phoneTimers: phone.timers.globals,
    /** For the panel, tests and benchmarks. */
    __phone: {
      phone,
      faults: phone.faults,
      get app() {
        return phone.app.get()
      },
      pages: () => phone.router.stack.map(({ route, query }) => ({ route, query })),
      pushers: phone.pushers,
      players: phone.players,
    },
  })
  window.addEventListener('message', ({ data, origin }: MessageEvent<unknown>) => {
    if (origin !== location.origin || typeof data !== 'object' || data === null || !('theme' in data)) return
    if (data.theme === 'light' || data.theme === 'dark') phone.setTheme(data.theme)
  })
  import.meta.hot?.on('miniprogram:styles', (styles: Record<string, string>) => phone.space.replaceStyles(styles))
  try {
    await import('virtual:miniprogram/scripts')
    phone.start()
    requestIdleCallback(() => void loadAac())
  } catch (error) {
    phone.problems.show(error)
  }
}

void boot()
