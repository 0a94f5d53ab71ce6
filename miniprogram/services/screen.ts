import type { CallController } from '../call/controller'
import { isBusy } from '../call/state'

/** Keeps the screen on while a call is under way, for the app's life. */
export function keepScreenOn(call: Pick<CallController, 'state' | 'subscribe'>): void {
  call.subscribe((state, previous) => {
    if (isBusy(state) !== isBusy(previous)) void wx.setKeepScreenOn({ keepScreenOn: isBusy(state) })
  })
  // WeChat forgets it when the mini-program leaves the screen.
  wx.onAppShow(() => {
    if (isBusy(call.state)) void wx.setKeepScreenOn({ keepScreenOn: true })
  })
}
