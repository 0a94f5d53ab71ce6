/** The state machine of the app's calls: at most one call is active, one-to-one or a room. */
import type { Account } from '../netcall/types'
import { unchanged, type CallEvent, type Transition } from './events'
import { oneToOneTransition } from './one-to-one/transition'
import { roomTransition } from './room/transition'
import type { CallState } from './state'

/** The next state and the effects. Events that do not fit the state are ignored. `me`: the local account. */
export function transition(state: CallState, event: CallEvent, me: Account): Transition {
  switch (event.type) {
    case 'call':
    case 'be-calling':
      return oneToOneTransition(state, event)
    case 'call-group':
    case 'join':
    case 'be-invited':
      return roomTransition(state, event, me)
    case 'dismiss':
      return state.phase === 'ended' ? { state: { phase: 'idle' }, effects: [] } : unchanged(state)
    default:
      if (state.type === 'one-to-one') return oneToOneTransition(state, event)
      return state.type === 'room' ? roomTransition(state, event, me) : unchanged(state)
  }
}
