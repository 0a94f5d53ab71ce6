import type { NetworkQuality } from '../../call/state'
import { PLAYING, type Reading } from './state'

/** Contents of `netstatus`, which comes about every two seconds. */
export interface NetStatus {
  /** kbit/s. */
  netSpeed?: number
  audioBitrate?: number
  videoBitrate?: number
  /** 0 unknown, 1 best … 6 unusable. */
  netQualityLevel?: number
  /** Frames per second, sent or received. */
  videoFPS?: number
}

const LAST_GOOD = 2
const LAST_FAIR = 4

/** Reads a `netstatus`. Flowing data mean a running stream, whatever codes came. */
export function readNetStatus(status: NetStatus): Reading {
  return flows(status) && (status.netQualityLevel ?? 0) <= LAST_FAIR ? PLAYING : null
}

/** The quality in a `netstatus`; null while no data flow (both tracks may be off) or if unknown. */
export function readNetQuality(status: NetStatus): NetworkQuality | null {
  const level = status.netQualityLevel ?? 0
  if (!flows(status) || level === 0) return null
  if (level <= LAST_GOOD) return 'good'
  return level <= LAST_FAIR ? 'fair' : 'weak'
}

/** Whether any data are sent or received. */
export function flows({ netSpeed = 0 }: NetStatus): boolean {
  return netSpeed > 0
}
