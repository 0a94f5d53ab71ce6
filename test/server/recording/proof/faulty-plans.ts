/** Calls of two members, of whom the first has a faulty publisher. Judged in its own files and in the mix. */
import { Chance } from '../../../support/random'
import { isPicture, isSound } from '../../media/payload-models'
import type { Plan, PlanEvent } from './plan'
import { inBursts, standingStill, stepping, trembling, withOutliers, withOwnZero, type Publisher } from './publishers'

/** A file's length, s: not within a flash. */
const SHORT = 6.5
const LONG = 30.5
/** Limit of audio and video that can only be aligned by arrival, s. */
const UNCERTAIN = 0.15

function faulty(name: string, publisher: Publisher, more: Partial<Plan> & { acts?: readonly PlanEvent[] } = {}): Plan {
  const { acts = [[0, 1, 'joins']], ...plan } = more
  return {
    name,
    asks: [{ type: '0' }],
    events: [...acts, [0.2, 2, 'joins']],
    ends: SHORT,
    publishers: { 1: publisher },
    ...plan,
  }
}

const bursts = (size: number): Plan =>
  faulty(`${size} audio frames share a timestamp`, inBursts(size), { ends: LONG, even: 0.03 })
const jitter = (sigma: number): Plan =>
  faulty(`audio timestamps with a jitter of ${sigma} ms`, trembling(sigma, new Chance(sigma)), {
    ends: LONG,
    even: 0.03,
    ...(sigma > 25 && { apart: UNCERTAIN }),
  })
const outlier = (by: number, which: typeof isSound, track: string): Plan =>
  faulty(`one frame of ${track} ${by} ms wrong`, withOutliers(which, by, 0.4))
const muted = (seconds: number): Plan =>
  faulty(`a microphone muted for ${seconds} s, whose clock stands still meanwhile`, standingStill(isSound), {
    acts: [
      [0, 1, 'joins'],
      [4.5, 1, 'mutes'],
      [4.5 + seconds, 1, 'unmutes'],
    ],
    ends: seconds + 10.5,
    apart: UNCERTAIN,
  })
const late = (seconds: number): Plan =>
  faulty(`a camera that is switched on after ${seconds} s with its own zero`, withOwnZero(isPicture), {
    acts: [
      [0, 1, 'joins by voice'],
      [seconds, 1, 'to picture'],
    ],
    ends: seconds + 5.5,
    apart: UNCERTAIN,
  })
const step = (by: number): Plan =>
  faulty(`audio and video that step by ${by} ms`, stepping(Boolean, by, 3_100), { apart: UNCERTAIN })

/** Others than those reported, which run with `PLANS=all`, too. */
const USUAL: readonly Plan[] = [bursts(5), outlier(-1_500, isSound, 'audio'), muted(7), late(4), step(-1_700)]

export const FAULTY: readonly Plan[] = [
  ...USUAL.map((plan) => ({ ...plan, usual: true as const })),
  ...[2, 3, 4, 8].map(bursts),
  ...[10, 20, 30, 40].map(jitter),
  ...[3_000, -2_000, 800].flatMap((by) => [outlier(by, isSound, 'audio'), outlier(by, isPicture, 'video')]),
  ...[5, 10, 20, 60].map(muted),
  ...[3, 20, 60].map(late),
  ...[-900, -3_000, -30_000, 3_000, 20_000].map(step),
  {
    name: 'audio that becomes stereo within 4 s between key frames',
    asks: [{ type: '1' }],
    events: [
      [0, 1, 'joins'],
      [0.2, 2, 'joins'],
      [2.4, 1, 'in stereo'],
    ],
    ends: SHORT,
    keyInterval: 4,
  },
]
