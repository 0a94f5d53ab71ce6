import { flows, type NetStatus } from './net-status'

/** Number of consecutive statuses without a frame, two seconds apart. */
const PATIENCE = 2

/**
 * Detects missing video: older versions of WeChat ignore a camera switched on while pushing, and a player that began with audio may never
 * show video. A restart helps; it is requested once, because the camera may be the cause.
 */
export class PictureWatch {
  private patience = 0

  /** Whether video is expected from now on. */
  expect(picture: boolean): void {
    this.patience = picture ? PATIENCE : 0
  }

  /** Whether to restart. */
  handle(status: NetStatus): boolean {
    if (this.patience === 0 || !flows(status) || status.videoFPS === undefined) return false
    if (status.videoFPS > 0) return this.seen()
    this.patience--
    return this.patience === 0
  }

  private seen(): false {
    this.patience = 0
    return false
  }
}
