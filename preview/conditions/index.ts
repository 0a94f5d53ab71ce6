/** Conditions of a phone; each can be switched by `runtime/faults.ts`. */
import { Switch } from '../runtime/emitter'
import type { Background } from './background'
import type { Network } from './network'
import type { Permissions } from './permissions'
import type { Privacy } from './privacy'

export interface Conditions {
  readonly network: Network
  readonly background: Background
  readonly permissions: Permissions
  readonly privacy: Privacy
  /** Another app, or a phone call, has the audio. */
  readonly interrupted: Switch
  /** Behaves as the simulator of WeChat's DevTools: no live-pusher, no live-player. */
  readonly simulator: Switch
}
