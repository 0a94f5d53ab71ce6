/** Which of this app's own pages is shown follows from the session. An app that takes the calls has pages of its own. */
import { HOME_PAGE } from './config'
import type { Session } from './services/session'

export const LOGIN_PAGE = '/pages/login/login'

/** Opens the home page once somebody is signed in, and the login page when nobody is any more, for the app's life. */
export function followSession(session: Pick<Session, 'state' | 'subscribe'>): void {
  let { phase } = session.state
  session.subscribe((state) => {
    if (state.phase === phase) return
    phase = state.phase
    if (phase === 'signed-in') void wx.switchTab({ url: HOME_PAGE })
    // A sign-in that failed leaves the login page as it is, with what was typed.
    if (phase === 'signed-out' && !isOpen(LOGIN_PAGE)) void wx.reLaunch({ url: LOGIN_PAGE })
  })
}

function isOpen(page: string): boolean {
  const route = getCurrentPages().at(-1)?.route
  return route !== undefined && `/${route}` === page
}
