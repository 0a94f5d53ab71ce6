/** Stream quality changes continuously: the page shows it with the next tick. */
import { isActive, type ActiveCall, type CallState } from '../../call/state'
import type { MediaState } from '../../components/media/state'
import { changes } from '../../services/changes'

/** Whether only the quality of streams changed. */
export function qualityOnly(state: CallState, previous: CallState): boolean {
  if (!isActive(state) || !isActive(previous)) return false
  const before = parts(previous)
  return parts(state).every((part, at) => Object.keys(changes(before[at] ?? {}, part)).length === 0)
}

/** Whether the stream was running and still is, in any quality. */
export function stillRuns(state: MediaState, previous: MediaState | null): boolean {
  return runs(state) && previous !== null && runs(previous)
}

function parts({ local, remote, ...call }: ActiveCall): object[] {
  return [call, { ...local, network: null }, { ...remote, network: null }]
}
function runs(state: MediaState): boolean {
  return state.state === 'playing' || (state.state === 'stalled' && state.reason === 'network')
}
