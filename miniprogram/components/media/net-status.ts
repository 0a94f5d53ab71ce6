import { PLAYING, type Reading } from './state'

/** What `netstatus` tells, every two seconds or so. */
export interface NetStatus {
  netSpeed?: number
  /** 0 unknown, 1 best … 6 unusable. */
  netQualityLevel?: number
}
const STILL_GOOD = 4

/** Reads a `netstatus`: data that flow well are a stream that runs, whatever codes came or did not. */
export function readNetStatus(status: NetStatus): Reading {
  const flows = (status.netSpeed ?? 0) > 0
  return flows && (status.netQualityLevel ?? 0) <= STILL_GOOD ? PLAYING : null
}
