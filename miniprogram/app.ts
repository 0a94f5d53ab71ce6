import type { AppContext } from './app-context'
import { CallController } from './call/controller'
import { isBusy } from './call/state'
import { RoomController } from './room/controller'
import { isRoomBusy } from './room/state'
import { followAway } from './services/away'
import { CallEntry } from './services/call-entry'
import { History } from './services/history'
import { Language } from './services/language'
import { MediaSeat } from './services/media-seat'
import { followState } from './services/navigation'
import { Privacy } from './services/privacy'
import { keepScreenOn } from './services/screen'
import { Session } from './services/session'
import { SettingsStore } from './services/settings'
import { followTones } from './services/tones'

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

App<AppContext>({
  settings,
  call,
  room,
  entry,
  privacy,
  mediaSeat: new MediaSeat(),
  session,
  history,
  language,

  /** `?account=…&service=…` of the launch (a compile mode, a QR code) signs in at once; else what was used last. */
  onLaunch({ query }) {
    followState(session, call, room)
    followTones(call, room)
    followAway(call, room)
    keepScreenOn(call, room)
    privacy.start()
    const remembered = session.remembered()
    const account = decoded(query['account']) ?? remembered.account
    const service = decoded(query['service']) ?? remembered.service
    const { provider, appKey, token } = remembered
    if (account) void session.signIn(account, service, provider === 'yunxin' ? { appKey, token } : null)
  },
})

/** A launch's value as it was meant; WeChat hands it over as it was encoded. Undefined where it cannot be read. */
function decoded(value: string | undefined): string | undefined {
  try {
    return value === undefined ? undefined : decodeURIComponent(value)
  } catch {
    return undefined
  }
}
