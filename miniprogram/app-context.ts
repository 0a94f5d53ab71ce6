/** What every page can reach: the app's parts, made once in app.ts and found by `getApp<AppContext>()`. */
import type { CallController } from './call/controller'
import type { RoomController } from './room/controller'
import type { CallEntry } from './services/call-entry'
import type { History } from './services/history'
import type { MediaSeat } from './services/media-seat'
import type { Privacy } from './services/privacy'
import type { Session } from './services/session'
import type { SettingsStore } from './services/settings'
import type { Language } from './services/language'

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
