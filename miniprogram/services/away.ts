import type { CallController } from '../call/controller'
import { isBusy } from '../call/state'
import type { RoomController } from '../room/controller'
import { isRoomBusy } from '../room/state'

/** Tells the call or room when the app goes to the background or comes back, for the app's life. */
export function followAway(
  call: Pick<CallController, 'state' | 'setAway' | 'subscribe'>,
  room: Pick<RoomController, 'state' | 'setAway' | 'subscribe'>,
): void {
  let hidden = false
  let interrupted = false
  // WeChat may not report the end of an interruption: it must not affect the next call.
  const forget = (): void => {
    if (!isBusy(call.state) && !isRoomBusy(room.state)) interrupted = false
  }
  call.subscribe(forget)
  room.subscribe(forget)
  const tell = (): void => {
    for (const one of [call, room]) one.setAway(hidden || interrupted)
  }
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
