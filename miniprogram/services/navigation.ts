/** Opens and closes the pages of a call or room by its state: no page navigates for a call itself. */
import { HOME_PAGE } from '../config'
import type { CallController } from '../call/controller'
import { wayAfter } from '../call/one-to-one/ending'
import { wayAfterRoom } from '../call/room/ending'
import { isBusy, type BusyCall, type CallState, type EndedCall } from '../call/state'

export const PAGES = {
  call: '/pages/call/call',
  incoming: '/pages/incoming-call/incoming-call',
  room: '/pages/room/room',
} as const
const CALL_PAGES: readonly (string | undefined)[] = Object.values(PAGES)

/** How long an end is shown, ms; longer if it offers an action. */
const END_SHOWN = 2_000
const OFFER_SHOWN = 10_000
/** WeChat opens no more pages than these. */
const MOST_PAGES = 10
/** Pause before the next attempt to open a page, ms. */
const PAUSE = 500

const WAYS = {
  navigateTo: (url: string): Promise<unknown> => wx.navigateTo({ url }),
  redirectTo: (url: string): Promise<unknown> => wx.redirectTo({ url }),
  reLaunch: (url: string): Promise<unknown> => wx.reLaunch({ url }),
}

type Call = Pick<CallController, 'state' | 'subscribe' | 'dismiss'>

export class CallPages {
  private readonly call: Call
  private readonly onFailure: (state: BusyCall) => void
  private ending: ReturnType<typeof setTimeout> | null = null
  /** The page being opened. */
  private opening: string | null = null

  /** @param onFailure called with a call whose page cannot be opened in any way */
  constructor(call: Call, onFailure: (state: BusyCall) => void) {
    this.call = call
    this.onFailure = onFailure
  }

  /** Opens and closes the pages of calls, over any page, for the app's life. */
  follow(): void {
    this.call.subscribe((state, previous) => {
      if (state.phase === previous.phase) return
      if (this.ending !== null) clearTimeout(this.ending)
      this.ending = state.phase === 'ended' ? setTimeout(() => this.call.dismiss(), shownFor(state)) : null
      if (state.phase === 'idle') leaveCallPages()
      else if (opensPage(state)) this.show()
    })
  }

  /** Opens the page of the current call, if any: after its user left it, or if it was closed. */
  show(): void {
    const { state } = this.call
    const url = pageOf(state)
    if (url === null || !isBusy(state)) return
    const routes = openRoutes()
    // Pages open slowly: a second tap comes earlier, and another page may have been requested meanwhile.
    if (routes.at(-1) === url || this.opening === url) return
    if (isCallPage(routes.at(-1)) && routes.at(-2) === url) back(1)
    else void this.open(url)
  }

  private async open(url: string): Promise<void> {
    this.opening = url
    const isOpen = await this.tryAll(url)
    if (this.opening !== url) return
    this.opening = null
    const { state } = this.call
    if (!isOpen && isBusy(state) && pageOf(state) === url) this.onFailure(state)
  }

  /** False if the page is still wanted, and every attempt failed. */
  private async tryAll(url: string): Promise<boolean> {
    const routes = openRoutes()
    const first = isCallPage(routes.at(-1)) || routes.length >= MOST_PAGES ? 'redirectTo' : 'navigateTo'
    // The first attempts keep the open pages; `reLaunch` closes all of them.
    for (const way of [first, first, 'redirectTo', 'reLaunch'] as const) {
      try {
        await WAYS[way](url)
        return true
      } catch (error) {
        console.warn(`calls: ${way} failed:`, error)
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE))
      if (this.opening !== url || pageOf(this.call.state) !== url || topRoute() === url) return true
    }
    return false
  }
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

function leaveCallPages(): void {
  const routes = openRoutes()
  let count = 0
  while (isCallPage(routes.at(-1 - count))) count++
  // They may be the only ones: the last attempt to open a page closes all others.
  if (count > 0 && count === routes.length) void wx.reLaunch({ url: HOME_PAGE })
  else if (count > 0) back(count)
}

function back(delta: number): void {
  void wx.navigateBack({ delta })
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
