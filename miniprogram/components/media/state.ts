/** What a call page needs to know of a pusher or a player: the same words for both. */
export type FailureReason =
  | 'microphone-refused'
  | 'camera-refused'
  | 'microphone-failed'
  | 'camera-failed'
  /** The mini-program's privacy guideline does not name the camera and microphone yet. */
  | 'privacy'
  | 'not-supported'
  | 'simulator'
  | 'network'

export type MediaState =
  | { state: 'connecting' }
  | { state: 'playing' }
  /** `restarting`: it gave up, was stopped, and is about to be started anew. */
  | { state: 'stalled'; reason: 'network' | 'interrupted' | 'restarting' }
  | { state: 'failed'; reason: FailureReason }

/** What a native component's code says: a state, that it gave up and must be started anew, or nothing of interest. */
export type Reading = Exclude<MediaState, { state: 'connecting' }> | { state: 'gave-up' } | null

export const PLAYING: Reading = { state: 'playing' }
export const WEAK: Reading = { state: 'stalled', reason: 'network' }
export const GAVE_UP: Reading = { state: 'gave-up' }
export const NOT_SUPPORTED: Reading = { state: 'failed', reason: 'not-supported' }

/** Whether it stands still until it is tried again: there is not even an old picture on the screen. */
export function isStopped(state: MediaState | null): boolean {
  if (state?.state === 'stalled') return state.reason === 'restarting'
  return state?.state === 'failed' && state.reason === 'network'
}
export function sameState(a: MediaState, b: MediaState): boolean {
  if (a.state !== b.state) return false
  return ('reason' in a ? a.reason : '') === ('reason' in b ? b.reason : '')
}
