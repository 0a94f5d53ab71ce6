import { finishParticipant } from '../../server/recording/finish-participant'
import type { Remuxer } from '../../server/recording/finisher'
import { joinMix } from '../../server/recording/mix/join'

/** Makes recordings' files in the test's own process: a remux worker takes a second of CPU time to start. */
export const REMUX_HERE: Remuxer = { warm: () => undefined, finish: finishParticipant, join: joinMix }
