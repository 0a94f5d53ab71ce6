import { flows, type NetStatus } from './net-status'

/** So many statuses in a row without a frame, two seconds apart. */
const PATIENCE = 2

/**
 * Notices a picture that should be there and is not: older versions of WeChat ignore a camera that is switched on while
 * they push, and a player that began with sound alone may never show a picture. Starting anew helps; it is asked for
 * once, because the camera may be what fails.
 */
export class PictureWatch {
  private patience = 0

  /** A picture is expected from now on, or none. */
  expect(picture: boolean): void {
    this.patience = picture ? PATIENCE : 0
  }

  /** Whether to start anew. */
  hear(status: NetStatus): boolean {
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
