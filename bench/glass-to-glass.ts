import type { Playback } from './page/probe'
import { call, endCall, type Phones } from './phones'
import { median, percentile } from './statistics'
import { table, wholeMs } from './table'

const SETTLING = 5_000
const WATCHED = 60_000
/** Three missed frames at 15 frames a second, ms. */
const STALL = 250
const GOAL = 350

/** One call of a minute, both directions at once. */
export async function glassToGlass(phones: Phones): Promise<string> {
  await call(phones, 'video')
  const { alice, bob } = phones
  await Promise.all([alice.ask('watch', SETTLING), bob.ask('watch', SETTLING)])
  const [atAlice, atBob] = await Promise.all([alice.ask('watch', WATCHED), bob.ask('watch', WATCHED)])
  await endCall(phones)
  return [
    `Glass to glass: one video call, ${WATCHED / 1000} s (goal: p50 below ${GOAL} ms without a stall)`,
    '',
    table(
      ['', 'p50', 'p95', 'stalls', 'longest still', 'waits', 'frames', 'unreadable'],
      [row('caller → callee', atBob), row('callee → caller', atAlice)],
    ),
  ].join('\n')
}

function row(name: string, { ages, gaps, waits, unreadable }: Playback): string[] {
  const stalls = gaps.filter((gap) => gap > STALL).length
  const figures = [median(ages), percentile(ages, 95)].map(wholeMs)
  return [
    name,
    ...figures,
    `${stalls}`,
    wholeMs(percentile(gaps, 100)),
    `${waits}`,
    `${ages.length + unreadable}`,
    `${unreadable}`,
  ]
}
