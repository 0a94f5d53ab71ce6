import type { CallController } from '../call/controller'
import { isBusy } from '../call/state'

/** Tells the call when the phone takes the user away from it, and back, for the app's life. */
export function followAway(call: Pick<CallController, 'setAway' | 'subscribe'>): void {
  let hidden = false
  let interrupted = false
  // WeChat may keep the end of an interruption to itself: the next call shall not suffer from it.
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
