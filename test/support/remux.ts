import { remuxParticipant } from '../../server/recording/remux/remux-participant'
import type { Remuxer } from '../../server/recording/remux/remux-worker'
import { joinMix } from '../../server/recording/compose/join'

/** Makes recordings' files in the test's process: starting a remux worker takes a second of CPU time. */
export const REMUX_HERE: Remuxer = { warm: () => undefined, finish: remuxParticipant, join: joinMix }
