/** Codes of live-player. Source: WeChat's documentation of live-player. */
import { GAVE_UP, NOT_SUPPORTED, PLAYING, WEAK, type Reading } from '../media/state'

const READINGS: ReadonlyMap<number, Reading> = new Map<number, Reading>([
  [2004, PLAYING],
  [2032, PLAYING], // first frame rendered
  [2006, GAVE_UP], // the stream ended; its publisher may come back while the URL is valid
  [2007, WEAK], // loading
  [2103, WEAK], // reconnecting by itself
  [2104, WEAK], // packets arrive unevenly
  [2105, WEAK], // stutter
  [3001, WEAK], // DNS
  [3002, WEAK], // connect
  [3003, WEAK], // handshake
  [3005, WEAK], // read, write
  [-2301, GAVE_UP],
  [-2302, GAVE_UP], // no stream at this URL yet
  [-2304, NOT_SUPPORTED], // decoder
])

/** The meaning of a `statechange` code. */
export function readPlayerCode(code: number): Reading {
  return READINGS.get(code) ?? null
}
