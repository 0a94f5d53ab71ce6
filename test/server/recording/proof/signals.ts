/** Compares found flashes and beeps with the sent ones. */
import type { Signals } from './expected'
import type { Plan } from './plan'

/** A share, and seconds. `spacingOfFaulty`: with the publisher's own wrong timestamps, a picture may be one frame off. */
export const LIMITS = {
  presence: 0.95,
  spacing: 0.06,
  spacingOfFaulty: 0.1,
  pictureToSound: 0.1,
  members: 0.15,
  late: 0.15,
}
/** Frames of a mix are 50 ms apart: 150 ms is three of them with rounding, s. */
const ROUNDING = 0.001
/** Beyond this distance it is something else. */
const MATCH = 0.3

interface Compared {
  complaints: string[]
  /** Delay of each found one, seconds. */
  late: Signals
}

/** `isUnsettled`: when a picture may seem to flash because another one replaces it. */
export function compare(
  expected: Signals,
  found: Signals,
  isUnsettled: (time: number) => boolean,
  { apart: most = LIMITS.pictureToSound, publishers, even }: Pick<Plan, 'apart' | 'publishers' | 'even'>,
): Compared {
  const spread = Math.max(
    publishers ? LIMITS.spacingOfFaulty : LIMITS.spacing,
    most - LIMITS.pictureToSound + LIMITS.spacing,
  )
  const complaints: string[] = []
  const late: Signals = { beeps: [], flashes: [] }
  const hits = { beeps: hitsOf(expected.beeps, found.beeps), flashes: hitsOf(expected.flashes, found.flashes) }
  for (const what of ['beeps', 'flashes'] as const) {
    const missing = expected[what].filter((time) => !hits[what].has(time))
    if (missing.length > expected[what].length * (1 - LIMITS.presence))
      complaints.push(`${what} are missing at ${round(missing)}; there are ${round(found[what])}`)
    const known = new Set(hits[what].values())
    const strays = found[what].filter((one) => !known.has(one) && (what === 'beeps' || !isUnsettled(one)))
    if (strays.length > 0) complaints.push(`${what} at ${round(strays)} should not be there`)
    late[what] = [...hits[what]].map(([time, hit]) => hit - time)
    const latest = Math.max(0, ...late[what].map(Math.abs))
    if (latest > LIMITS.late + ROUNDING) complaints.push(`${what} are ${latest.toFixed(3)} s off their time`)
    complaints.push(...spacing(hits[what], spread).map((times) => `${what} at ${round(times)} are not in step`))
  }
  if (even !== undefined) {
    const middle = late.beeps.toSorted((one, other) => one - other)[Math.floor(late.beeps.length / 2)] ?? 0
    const uneven = late.beeps.filter((one) => Math.abs(one - middle) > even)
    if (uneven.length > 0) complaints.push(`beeps are ${round(uneven)} s late, most ${middle.toFixed(3)} s`)
  }
  for (const [time, flash] of hits.flashes) {
    const apart = flash - (hits.beeps.get(time) ?? flash)
    if (Math.abs(apart) > most) complaints.push(`at ${time} picture and sound are ${apart} s apart`)
  }
  return { complaints, late }
}

/** By sending time. */
function hitsOf(expected: readonly number[], found: readonly number[]): Map<number, number> {
  const pairs = expected.map((time) => [time, found.find((one) => Math.abs(one - time) <= MATCH)] as const)
  return new Map(pairs.flatMap(([time, hit]) => (hit === undefined ? [] : [[time, hit] as const])))
}

/** Neighbours with a distance other than sent. */
function spacing(hits: ReadonlyMap<number, number>, most: number): number[][] {
  const all = [...hits]
  return all.flatMap(([time, hit], index) => {
    const [timeBefore, hitBefore] = all[index - 1] ?? [time, hit]
    return Math.abs(hit - hitBefore - (time - timeBefore)) > most ? [[hitBefore, hit]] : []
  })
}

const round = (times: readonly number[]): string => times.map((time) => time.toFixed(3)).join()
