/** States of a pusher or player for pages: the same names for both. */
export type FailureReason =
  | 'microphone-refused'
  | 'camera-refused'
  | 'microphone-failed'
  | 'camera-failed'
  /** The mini-program's privacy guideline does not list camera and microphone. */
  | 'privacy'
  | 'not-supported'
  | 'simulator'
  | 'network'
  /** The component was started and reported nothing: it is probably not enabled in the mini-program's console. */
  | 'not-enabled'

export type MediaState =
  | { state: 'connecting' }
  | { state: 'playing' }
  /** `restarting`: it gave up, was stopped, and will be started again. */
  | { state: 'stalled'; reason: 'network' | 'interrupted' | 'restarting' }
  | { state: 'failed'; reason: FailureReason }

/** The meaning of a native code: a state, given up and to be restarted, or nothing. */
export type Reading = Exclude<MediaState, { state: 'connecting' }> | { state: 'gave-up' } | null

export const PLAYING: Reading = { state: 'playing' }
export const WEAK: Reading = { state: 'stalled', reason: 'network' }
export const GAVE_UP: Reading = { state: 'gave-up' }
export const NOT_SUPPORTED: Reading = { state: 'failed', reason: 'not-supported' }

/** Whether it is stopped until it is retried: not even an old picture is shown. */
export function isStopped(state: MediaState | null): boolean {
  if (state?.state === 'stalled') return state.reason === 'restarting'
  return state?.state === 'failed' && state.reason === 'network'
}
export function sameState(a: MediaState, b: MediaState): boolean {
  if (a.state !== b.state) return false
  return ('reason' in a ? a.reason : '') === ('reason' in b ? b.reason : '')
}
