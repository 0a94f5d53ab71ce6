/** Shows login or home page by the session state. For this app only: a host app has its own pages. */
import { HOME_PAGE } from './config'
import type { Session } from './services/session'

export const LOGIN_PAGE = '/pages/login/login'

/** Opens the home page after sign-in and the login page after sign-out, for the app's life. */
export function followSession(session: Pick<Session, 'state' | 'subscribe'>): void {
  let { phase } = session.state
  session.subscribe((state) => {
    if (state.phase === phase) return
    phase = state.phase
    if (phase === 'signed-in') void wx.switchTab({ url: HOME_PAGE })
    // A failed sign-in stays on the login page and keeps its input.
    if (phase === 'signed-out' && !isOpen(LOGIN_PAGE)) void wx.reLaunch({ url: LOGIN_PAGE })
  })
}

function isOpen(page: string): boolean {
  const route = getCurrentPages().at(-1)?.route
  return route !== undefined && `/${route}` === page
}
