import type { CallController } from '../call/controller'

/** Tells the call when the phone takes the user away from it, and back, for the app's life. */
export function followAway(call: Pick<CallController, 'setAway'>): void {
  let hidden = false
  let interrupted = false
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
