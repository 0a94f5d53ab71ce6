/** State of the instance: idle, or the current call or room. */
import { SCENE, type CallType } from '../netcall/constants'
import type { Account, Cid, NetcallStatus } from '../netcall/types'
import type { MediaSession } from './session'

/** `cid` is null until the service has sent it. */
export type State =
  | { phase: 'idle' }
  | { phase: 'calling'; type: CallType; callees: Account[]; cid: Cid | null }
  | { phase: 'answering' | 'answered'; cid: Cid }
  | { phase: 'session'; session: MediaSession }

export const IDLE: State = { phase: 'idle' }

export function cidIn(state: State): Cid | null {
  if (state.phase === 'session') return state.session.cid
  return 'cid' in state ? state.cid : null
}
export function isRoom(state: State): boolean {
  return state.phase === 'session' && state.session.scene === SCENE.MEETING
}

export const PUBLIC_PHASE: Record<State['phase'], NetcallStatus['phase']> = {
  idle: 'idle',
  calling: 'calling',
  answering: 'ringing',
  answered: 'session',
  session: 'session',
}
