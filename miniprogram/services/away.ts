import type { CallController } from '../call/controller'
import { isBusy } from '../call/state'

/** Tells the call when the app goes to the background or comes back, for the app's life. */
export function followAway(call: Pick<CallController, 'state' | 'setAway' | 'subscribe'>): void {
  let hidden = false
  let interrupted = false
  // WeChat may not report the end of an interruption: it must not affect the next call.
  call.subscribe((state) => {
    if (!isBusy(state)) interrupted = false
  })
  const tell = (): void => call.setAway(hidden || interrupted)
  wx.onAppHide(() => {
    hidden = true
    tell()
  })
  wx.onAppShow(() => {
    hidden = false
    tell()
  })
  wx.onAudioInterruptionBegin(() => {
    interrupted = true
    tell()
  })
  wx.onAudioInterruptionEnd(() => {
    interrupted = false
    tell()
  })
}
