import type { MediaState } from './state'

/** Neither live-pusher nor live-player runs in the DevTools simulator. */
export function isSimulator(): boolean {
  return wx.getDeviceInfo().platform === 'devtools'
}
export const SIMULATOR: MediaState = { state: 'failed', reason: 'simulator' }
