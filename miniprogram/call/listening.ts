/** Listening to netcall and the IM side, and ending all of it at once. */
import type { Im, ImEvents } from '../netcall/im'
import type { Listener, Netcall, NetcallEventName, NetcallEvents } from '../netcall/types'

export interface Listening {
  on: <E extends NetcallEventName>(event: E, hear: Listener<NetcallEvents[E]>) => void
  onMessage: (hear: (message: ImEvents['message']) => void) => void
  release: () => void
}

export function listening(netcall: Netcall, im: Im): Listening {
  const releases: Array<() => void> = []
  return {
    on(event, hear) {
      netcall.on(event, hear)
      releases.push(() => netcall.off(event, hear))
    },
    onMessage(hear) {
      im.on('message', hear)
      releases.push(() => im.removeListener('message', hear))
    },
    release() {
      for (const release of releases) release()
    },
  }
}
