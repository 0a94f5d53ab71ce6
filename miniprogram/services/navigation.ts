/** Where the app is follows from the session and the call: pages never navigate for a call themselves. */
import type { CallController } from '../call/controller'
import { wayAfter } from '../call/ending'
import { isActive, type CallState } from '../call/state'
import type { Session, SessionState } from './session'

export const PAGES = {
  login: '/pages/login/login',
  contacts: '/pages/contacts/contacts',
  call: '/pages/call/call',
  incoming: '/pages/incoming-call/incoming-call',
} as const

/** How long a call's end is shown, ms; longer where it offers something. */
const END_SHOWN = 2_000
const OFFER_SHOWN = 10_000

/** Wires navigation to the app's parts, for the app's life. */
export function followState(
  session: Pick<Session, 'state' | 'subscribe'>,
  call: Pick<CallController, 'subscribe' | 'dismiss'>,
): void {
  let phase = session.state.phase
  session.subscribe((state) => {
    if (state.phase === phase) return
    phase = state.phase
    onSession(state)
  })

  let ending: ReturnType<typeof setTimeout> | null = null
  call.subscribe((state, previous) => {
    if (state.phase === previous.phase) return
    if (ending !== null) clearTimeout(ending)
    ending = state.phase === 'ended' ? setTimeout(() => call.dismiss(), shownFor(state)) : null
    onCall(state)
  })
}

/** Opens the page of the call under way, which its user had left. */
export function returnToCall(state: CallState): void {
  if (state.phase === 'incoming') show(PAGES.incoming)
  else if (state.phase === 'outgoing' || isActive(state)) show(PAGES.call)
}

function shownFor(end: Extract<CallState, { phase: 'ended' }>): number {
  return wayAfter(end) === 'none' || topRoute() !== PAGES.call ? END_SHOWN : OFFER_SHOWN
}

function onSession(state: SessionState): void {
  if (state.phase === 'signed-in') void wx.switchTab({ url: PAGES.contacts })
  // A sign-in that failed leaves the login page as it is, with what was typed.
  if (state.phase === 'signed-out' && topRoute() !== PAGES.login) void wx.reLaunch({ url: PAGES.login })
}

/** A call that begins or is answered opens its page; nobody who has left it later is called back to it. */
function onCall(state: CallState): void {
  switch (state.phase) {
    case 'idle':
      return leaveCallPages()
    case 'incoming':
      return show(PAGES.incoming)
    case 'outgoing':
    case 'connecting':
      return show(PAGES.call)
    case 'talking':
    case 'reconnecting':
      if (topRoute() === PAGES.incoming) show(PAGES.call)
      return
    case 'ended':
      return
  }
}

/** The call page that is on its way to the top. */
let opening: string | null = null

/** Brings a call page to the top; the other call page gives way to it. */
function show(url: string): void {
  const routes = openRoutes()
  const top = routes.at(-1)
  // Pages open slowly: a second tap comes sooner, and one may have been opened while another was still on its way.
  if (top === url || opening === url) return
  if (isCallPage(top) && routes.at(-2) === url) void wx.navigateBack()
  else void open(url, isCallPage(top) ? wx.redirectTo({ url }) : wx.navigateTo({ url }))
}

async function open(url: string, way: Promise<unknown>): Promise<void> {
  opening = url
  try {
    await way
  } catch (error) {
    console.warn('a call page does not open:', error)
  }
  if (opening === url) opening = null
}

function leaveCallPages(): void {
  const routes = openRoutes()
  let delta = 0
  while (isCallPage(routes.at(-1 - delta))) delta++
  if (delta > 0) void wx.navigateBack({ delta })
}

function isCallPage(route: string | undefined): boolean {
  return route === PAGES.call || route === PAGES.incoming
}
function topRoute(): string | undefined {
  return openRoutes().at(-1)
}
/** The pages that are open, the top one last. */
function openRoutes(): string[] {
  return getCurrentPages().map(({ route }) => `/${route}`)
}
