import type { NetStatus } from './net-status'

/** Number of consecutive statuses without data, two seconds apart. */
const PATIENCE = 10

/** Detects a stream that runs but has no data, although it should. */
export class FlowWatch {
  private silent = 0

  /** Whether to give up. `expected`: whether there is audio or video to send or receive. */
  handle(status: NetStatus, expected: boolean): boolean {
    this.silent = expected && isSilent(status) ? this.silent + 1 : 0
    if (this.silent < PATIENCE) return false
    this.silent = 0
    return true
  }
}

/** False if unknown: not every phone reports every number. */
function isSilent({ netSpeed, audioBitrate = 0, videoBitrate = 0 }: NetStatus): boolean {
  return netSpeed === 0 && audioBitrate === 0 && videoBitrate === 0
}
