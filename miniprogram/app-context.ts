/** What every page can reach: the app's parts, made once in app.ts and found by `getApp<AppContext>()`. */
import { CallController } from './call/controller'
import { isBusy } from './call/state'
import { RoomController } from './room/controller'
import { isRoomBusy } from './room/state'
import { followAway } from './services/away'
import { CallEntry } from './services/call-entry'
import { History } from './services/history'
import { Language } from './services/language'
import { MediaSeat } from './services/media-seat'
import { followCalls } from './services/navigation'
import { Privacy } from './services/privacy'
import { keepScreenOn } from './services/screen'
import { Session } from './services/session'
import { SettingsStore } from './services/settings'
import { followTones } from './services/tones'

export interface AppContext {
  readonly settings: SettingsStore
  /** Who is signed in, at which service; contacts and records come through it. */
  readonly session: Session
  readonly call: CallController
  /** Calls of several. There is a call or a room, never both. */
  readonly room: RoomController
  /** Where pages place and accept calls, and go into rooms. */
  readonly entry: CallEntry
  readonly privacy: Privacy
  /** Which page holds the pusher and the players of the call or room. */
  readonly mediaSeat: MediaSeat
  /** The calls that ended on this phone. */
  readonly history: History
  readonly language: Language
}

/**
 * Makes the parts, and starts what follows calls by itself: their pages, tones, the screen. Once, in app.ts, before any
 * page is there: `App({ ...startCalls() })`.
 */
export function startCalls(): AppContext {
  const settings = new SettingsStore()
  const call: CallController = new CallController({
    settings: () => settings.get(),
    busyElsewhere: () => isRoomBusy(room.state),
  })
  const room: RoomController = new RoomController({
    settings: () => settings.get(),
    busyElsewhere: () => isBusy(call.state),
  })
  const session = new Session(call, room)
  const history = new History(call, room, session)
  const language = new Language(settings)
  const privacy = new Privacy()
  const entry = new CallEntry({ call, room, settings, language, privacy })

  followCalls(call, room)
  followTones(call, room)
  followAway(call, room)
  keepScreenOn(call, room)
  privacy.start()
  return { settings, session, call, room, entry, privacy, mediaSeat: new MediaSeat(), history, language }
}
