/** Listening to netcall and the IM side, and ending all of it at once. */
import type { Im, ImEventName, ImEvents } from '../netcall/im'
import type { Listener, Netcall, NetcallEventName, NetcallEvents } from '../netcall/types'

export interface Listening {
  on: <E extends NetcallEventName>(event: E, hear: Listener<NetcallEvents[E]>) => void
  onIm: <E extends ImEventName>(event: E, hear: (payload: ImEvents[E]) => void) => void
  release: () => void
}

export function listening(netcall: Netcall, im: Im): Listening {
  const releases: Array<() => void> = []
  return {
    on(event, hear) {
      netcall.on(event, hear)
      releases.push(() => netcall.off(event, hear))
    },
    onIm(event, hear) {
      im.on(event, hear)
      releases.push(() => im.removeListener(event, hear))
    },
    release() {
      for (const release of releases) release()
    },
  }
}
