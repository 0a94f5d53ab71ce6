/** The app's shared objects, created once in app.ts. Pages get them with `getApp<AppContext>()`. */
import { CallController } from './call/controller'
import { followAway } from './services/away'
import { CallEntry } from './services/call-entry'
import { History } from './services/history'
import { Language } from './services/language'
import { MediaOwner } from './services/media-owner'
import { askInDialog } from './services/call-dialog'
import { watchMedia } from './services/media-watch'
import { CallPages } from './services/navigation'
import { keepScreenOn } from './services/screen'
import { Session } from './services/session'
import { SettingsStore } from './services/settings'
import { followTones } from './services/tones'

export interface AppContext {
  readonly settings: SettingsStore
  /** Sign-in state and the signed-in account; also the source of contacts and records. */
  readonly session: Session
  /** The current call, one-to-one or in a room. */
  readonly call: CallController
  /** Places and accepts calls and joins rooms, for pages. */
  readonly entry: CallEntry
  /** The page that shows pusher and players of the call. */
  readonly mediaOwner: MediaOwner
  /** The pages of the current call. */
  readonly pages: CallPages
  /** Calls that ended on this phone. */
  readonly history: History
  readonly language: Language
}

/**
 * Creates the objects and starts the background services: navigation to call pages, tones, screen. Call once in app.ts, before any page
 * exists: `App({ ...startCalls() })`.
 */
export function startCalls(): AppContext {
  const settings = new SettingsStore()
  const call = new CallController({ settings: () => settings.get() })
  const session = new Session(call)
  const history = new History(call, session)
  const language = new Language(settings)
  const entry = new CallEntry({ call, settings, language, session })
  const mediaOwner = new MediaOwner()
  const pages = new CallPages(call, (state) => askInDialog({ call, entry, language }, state, () => pages.show()))

  pages.follow()
  watchMedia({ call, mediaOwner, pages })
  followTones(call)
  followAway(call)
  keepScreenOn(call)
  return { settings, session, call, entry, mediaOwner, pages, history, language }
}
