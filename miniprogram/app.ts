import type { AppContext } from './app-context'
import { CallController } from './call/controller'
import { Language } from './services/language'
import { followState } from './services/navigation'
import { Session } from './services/session'
import { SettingsStore } from './services/settings'

const settings = new SettingsStore()
const call = new CallController({ settings: () => settings.get() })
const session = new Session(call)
const language = new Language(settings)

App<AppContext>({
  settings,
  call,
  session,
  language,

  /** `?account=…&service=…` of the launch (a compile mode, a QR code) signs in at once; else what was used last. */
  onLaunch({ query }) {
    followState(session, call)
    const remembered = session.remembered()
    const account = query['account'] === undefined ? remembered.account : decodeURIComponent(query['account'])
    const service = query['service'] === undefined ? remembered.service : decodeURIComponent(query['service'])
    if (account) void session.signIn(account, service)
  },
})
