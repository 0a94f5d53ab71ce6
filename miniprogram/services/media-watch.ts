import type { CallController } from '../call/controller'
import { isActive, isInRoom } from '../call/state'
import type { MediaOwner } from './media-owner'
import type { CallPages } from './navigation'

/** Seconds without pusher and players until the call's page is opened again, and until the call ends. */
const PAGE_AFTER = 2
const END_AFTER = 15

interface Parts {
  call: Pick<CallController, 'state' | 'subscribe' | 'noPage'>
  mediaOwner: Pick<MediaOwner, 'isOwned'>
  pages: Pick<CallPages, 'show'>
}

/**
 * A call needs a page with pusher and players: its own, or one with the banner. If there is none (the app closed its pages, or the page
 * below has no banner), the call's page opens again; otherwise the call ends. For the app's life.
 */
export function watchMedia({ call, mediaOwner, pages }: Parts): void {
  let timer: ReturnType<typeof setInterval> | null = null
  let seconds = 0
  // Pages may not open in the background.
  let hidden = false
  const check = (): void => {
    seconds = hidden || mediaOwner.isOwned ? 0 : seconds + 1
    if (seconds === END_AFTER) call.noPage()
    else if (seconds > 0 && seconds % PAGE_AFTER === 0) pages.show()
  }
  const follow = (): void => {
    const hasMedia = isActive(call.state) || isInRoom(call.state)
    if (hasMedia === (timer !== null)) return
    if (timer !== null) clearInterval(timer)
    seconds = 0
    timer = hasMedia ? setInterval(check, 1_000) : null
  }
  call.subscribe(follow)
  wx.onAppHide(() => (hidden = true))
  wx.onAppShow(() => (hidden = false))
}
