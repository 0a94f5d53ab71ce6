import type { NetworkQuality } from '../../call/state'
import { PLAYING, type Reading } from './state'

/** What `netstatus` tells, every two seconds or so. */
export interface NetStatus {
  netSpeed?: number
  /** 0 unknown, 1 best … 6 unusable. */
  netQualityLevel?: number
  /** Frames a second that go out or come in. */
  videoFPS?: number
}

const LAST_GOOD = 2
const LAST_FAIR = 4

/** Reads a `netstatus`: data that flow well are a stream that runs, whatever codes came or did not. */
export function readNetStatus(status: NetStatus): Reading {
  return flows(status) && (status.netQualityLevel ?? 0) <= LAST_FAIR ? PLAYING : null
}

/** The quality that a `netstatus` tells; null while nothing flows (both may be switched off) or the phone cannot say. */
export function readNetQuality(status: NetStatus): NetworkQuality | null {
  const level = status.netQualityLevel ?? 0
  if (!flows(status) || level === 0) return null
  if (level <= LAST_GOOD) return 'good'
  return level <= LAST_FAIR ? 'fair' : 'weak'
}

/** Whether data go out or come in at all. */
export function flows({ netSpeed = 0 }: NetStatus): boolean {
  return netSpeed > 0
}
