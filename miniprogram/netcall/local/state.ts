/** State of the instance: idle, or the current call or room. */
import type { Scene } from '../constants'
import type { Account, NetcallStatus } from '../types'
import type { Channel, MediaSession } from './session'

/** `channel` is null until the service has assigned it. */
export type State =
  | { phase: 'idle' }
  | { phase: 'calling'; callees: Account[]; channel: Channel | null }
  | { phase: 'answering' | 'answered'; channel: Channel }
  | { phase: 'joining' }
  | { phase: 'session'; channel: Channel; scene: Scene; session: MediaSession }

export const IDLE: State = { phase: 'idle' }

export const PUBLIC_PHASE: Record<State['phase'], NetcallStatus['phase']> = {
  idle: 'idle',
  calling: 'calling',
  answering: 'ringing',
  answered: 'session',
  joining: 'session',
  session: 'session',
}
