import type { MediaState } from './state'

/** live-pusher and live-player do not run in the DevTools simulator. */
export function isSimulator(): boolean {
  return wx.getDeviceInfo().platform === 'devtools'
}
export const SIMULATOR: MediaState = { state: 'failed', reason: 'simulator' }
