/** Opens and closes the pages of a call or room by its state: no page navigates for a call itself. */
import type { CallController } from '../call/controller'
import { wayAfter } from '../call/one-to-one/ending'
import { wayAfterRoom } from '../call/room/ending'
import { isBusy, type CallState, type EndedCall } from '../call/state'

export const PAGES = {
  call: '/pages/call/call',
  incoming: '/pages/incoming-call/incoming-call',
  room: '/pages/room/room',
} as const
const CALL_PAGES: readonly (string | undefined)[] = Object.values(PAGES)

/** How long an end is shown, ms; longer if it offers an action. */
const END_SHOWN = 2_000
const OFFER_SHOWN = 10_000

type Call = Pick<CallController, 'state' | 'subscribe' | 'dismiss'>

/** Opens and closes the pages of calls, over any page, for the app's life. */
export function followCalls(call: Call): void {
  let ending: ReturnType<typeof setTimeout> | null = null
  call.subscribe((state, previous) => {
    if (state.phase === previous.phase) return
    if (ending !== null) clearTimeout(ending)
    ending = state.phase === 'ended' ? setTimeout(() => call.dismiss(), shownFor(state)) : null
    if (state.phase === 'idle') leaveCallPages()
    else if (opensPage(state)) returnToCall(state)
  })
}

/** Opens the page of the active call, after its user left it. */
export function returnToCall(state: CallState): void {
  const page = pageOf(state)
  if (page && isBusy(state)) show(page)
}

/** The page that shows the state; null while idle. */
function pageOf(state: CallState): string | null {
  if (state.phase === 'idle') return null
  if (state.phase === 'incoming' || state.phase === 'invited') return PAGES.incoming
  return state.type === 'room' ? PAGES.room : PAGES.call
}

function shownFor(state: EndedCall): number {
  const way = state.type === 'room' ? wayAfterRoom(state.reason) : wayAfter(state)
  return way !== 'none' && topRoute() === pageOf(state) ? OFFER_SHOWN : END_SHOWN
}

/** Whether a page opens by itself: when a call begins or is answered. A user who leaves the page later is not brought back. */
function opensPage({ phase }: CallState): boolean {
  switch (phase) {
    case 'incoming':
    case 'outgoing':
    case 'connecting':
    case 'invited':
    case 'joining':
      return true
    case 'talking':
    case 'in':
    case 'reconnecting':
      return topRoute() === PAGES.incoming
    case 'idle':
    case 'ended':
      return false
  }
}

/** The call page being opened. */
let opening: string | null = null

/** Brings a call page to the top; it replaces another call page. */
function show(url: string): void {
  const routes = openRoutes()
  const top = routes.at(-1)
  // Pages open slowly: a second tap comes earlier, and another page may have been requested meanwhile.
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
  return CALL_PAGES.includes(route)
}
function topRoute(): string | undefined {
  return openRoutes().at(-1)
}
/** The open pages, the top one last. */
function openRoutes(): string[] {
  return getCurrentPages().map(({ route }) => `/${route}`)
}
