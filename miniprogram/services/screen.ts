import type { CallController } from '../call/controller'
import { isBusy } from '../call/state'
import type { RoomController } from '../room/controller'
import { isRoomBusy } from '../room/state'

/** Keeps the screen on during a call or room, for the app's life. */
export function keepScreenOn(
  call: Pick<CallController, 'state' | 'subscribe'>,
  room: Pick<RoomController, 'state' | 'subscribe'>,
): void {
  const busy = (): boolean => isBusy(call.state) || isRoomBusy(room.state)
  let kept = busy()
  const follow = (): void => {
    if (busy() === kept) return
    kept = busy()
    void wx.setKeepScreenOn({ keepScreenOn: kept })
  }
  call.subscribe(follow)
  room.subscribe(follow)
  // WeChat resets it when the mini-program goes to the background.
  wx.onAppShow(() => {
    if (kept) void wx.setKeepScreenOn({ keepScreenOn: true })
  })
}
