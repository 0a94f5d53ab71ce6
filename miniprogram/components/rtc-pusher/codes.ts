/** Codes of live-pusher. Source: WeChat's documentation of live-pusher. */
import { GAVE_UP, NOT_SUPPORTED, PLAYING, WEAK, type FailureReason, type Reading } from '../media/state'

const INTERRUPTED: Reading = { state: 'stalled', reason: 'interrupted' }
const failed = (reason: FailureReason): Reading => ({ state: 'failed', reason })

const READINGS: ReadonlyMap<number, Reading> = new Map<number, Reading>([
  [1002, PLAYING], // handshake done, pushing; newer base libraries do not send it: see readNetStatus
  [1101, WEAK],
  [1102, WEAK], // reconnecting by itself
  [3001, WEAK], // DNS
  [3002, WEAK], // connect
  [3003, WEAK], // handshake
  [3004, WEAK], // closed by the server
  [3005, WEAK], // read, write
  [5001, INTERRUPTED], // a phone call took the audio
  [10001, failed('camera-refused')],
  [10002, failed('microphone-refused')],
  [-1301, failed('camera-failed')],
  [-1302, failed('microphone-failed')],
  [-1303, NOT_SUPPORTED], // video encoder
  [-1304, NOT_SUPPORTED], // audio encoder
  [-1305, NOT_SUPPORTED], // resolution
  [-1306, NOT_SUPPORTED], // sample rate
  [-1307, GAVE_UP],
  [-1311, failed('microphone-failed')], // Android: opened, but no data
])

/** The meaning of a `statechange` code. */
export function readPusherCode(code: number): Reading {
  return READINGS.get(code) ?? null
}

/** The meaning of an `error` event. */
export function readPusherError(error: { errCode?: number; errMsg?: string }): Reading {
  if (/not allowed to use|privacy/i.test(error.errMsg ?? '')) return failed('privacy')
  return readPusherCode(error.errCode ?? 0)
}
