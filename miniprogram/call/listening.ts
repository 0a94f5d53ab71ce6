/** Groups event subscriptions, to end them together. */
import type { Im, ImEventName, ImEvents } from '../netcall/im'
import type { Listener, Netcall, NetcallEventName, NetcallEvents } from '../netcall/types'

export interface Listening {
  on: <E extends NetcallEventName>(event: E, handle: Listener<NetcallEvents[E]>) => void
  onIm: <E extends ImEventName>(event: E, handle: (payload: ImEvents[E]) => void) => void
  release: () => void
}

export function listening(netcall: Netcall, im: Im): Listening {
  const releases: Array<() => void> = []
  return {
    on(event, handle) {
      netcall.on(event, handle)
      releases.push(() => netcall.off(event, handle))
    },
    onIm(event, handle) {
      im.on(event, handle)
      releases.push(() => im.removeListener(event, handle))
    },
    release() {
      for (const release of releases) release()
    },
  }
}
