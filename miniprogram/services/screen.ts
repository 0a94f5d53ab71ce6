import type { CallController } from '../call/controller'
import { isBusy } from '../call/state'

/** Keeps the screen on during a call, for the app's life. */
export function keepScreenOn(call: Pick<CallController, 'state' | 'subscribe'>): void {
  let kept = isBusy(call.state)
  call.subscribe((state) => {
    if (isBusy(state) === kept) return
    kept = isBusy(state)
    void wx.setKeepScreenOn({ keepScreenOn: kept })
  })
  // WeChat resets it when the mini-program goes to the background.
  wx.onAppShow(() => {
    if (kept) void wx.setKeepScreenOn({ keepScreenOn: true })
  })
}
