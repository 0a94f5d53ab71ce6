/** Opens and closes the pages of a call or room by its state: no page navigates for a call itself. */
import type { CallController } from '../call/controller'
import { wayAfter } from '../call/ending'
import { isActive, type CallState } from '../call/state'
import type { RoomController } from '../room/controller'
import { wayAfterRoom } from '../room/ending'
import { isRoomBusy, type RoomState } from '../room/state'

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
type Room = Pick<RoomController, 'state' | 'subscribe' | 'dismiss'>

/** Opens and closes the pages of calls and rooms, over any page, for the app's life. */
export function followCalls(call: Call, room: Room): void {
  // Either a call or a room is active; one may begin while the other's end is still shown.
  let ending: ReturnType<typeof setTimeout> | null = null
  const follow = (phase: string, shown: () => number, own: Call | Room, other: Call | Room): void => {
    if (ending !== null) clearTimeout(ending)
    ending = phase === 'ended' ? setTimeout(() => own.dismiss(), shown()) : null
    if (phase !== 'idle' && other.state.phase === 'ended') other.dismiss()
    if (phase === 'idle' && other.state.phase === 'idle') leaveCallPages()
  }
  call.subscribe((state, previous) => {
    if (state.phase === previous.phase) return
    follow(state.phase, () => shownFor(state), call, room)
    onCall(state)
  })
  room.subscribe((state, previous) => {
    if (state.phase === previous.phase) return
    follow(state.phase, () => roomShownFor(state), room, call)
    onRoom(state)
  })
}

/** Opens the page of the active call, after its user left it. */
export function returnToCall(state: CallState): void {
  if (state.phase === 'incoming') show(PAGES.incoming)
  else if (state.phase === 'outgoing' || isActive(state)) show(PAGES.call)
}
/** Opens the page of the active room, after its user left it. */
export function returnToRoom(state: RoomState): void {
  if (isRoomBusy(state)) show(state.phase === 'invited' ? PAGES.incoming : PAGES.room)
}

function shownFor(state: CallState): number {
  const offers = state.phase === 'ended' && wayAfter(state) !== 'none'
  return offers && topRoute() === PAGES.call ? OFFER_SHOWN : END_SHOWN
}
function roomShownFor(state: RoomState): number {
  const offers = state.phase === 'ended' && wayAfterRoom(state.reason) !== 'none'
  return offers && topRoute() === PAGES.room ? OFFER_SHOWN : END_SHOWN
}

/** Opens the page when a call begins or is answered. A user who leaves the page later is not brought back. */
function onCall(state: CallState): void {
  switch (state.phase) {
    case 'incoming':
      return show(PAGES.incoming)
    case 'outgoing':
    case 'connecting':
      return show(PAGES.call)
    case 'talking':
    case 'reconnecting':
      if (topRoute() === PAGES.incoming) show(PAGES.call)
      return
    case 'idle':
    case 'ended':
      return
  }
}
function onRoom(state: RoomState): void {
  switch (state.phase) {
    case 'invited':
      return show(PAGES.incoming)
    case 'joining':
      return show(PAGES.room)
    case 'in':
    case 'reconnecting':
      if (topRoute() === PAGES.incoming) show(PAGES.room)
      return
    case 'idle':
    case 'ended':
      return
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
