import type { DataSet } from './page/data-sets'
import { call, endCall, type Phones } from './phones'
import { table } from './table'

const SETTLING = 8_000
const WATCHED = 30_000
const GOAL = 1

/** Measures `setData` of a phone in a call without events: with video, then with audio only. */
export async function dataRate(phones: Phones): Promise<string> {
  const rows: string[][] = []
  const lines: string[] = []
  for (const kind of ['video', 'audio'] as const) {
    await call(phones, kind)
    await new Promise((resolve) => setTimeout(resolve, SETTLING))
    const { alice, bob } = phones
    const watches = [alice.ask('dataSets', WATCHED), bob.ask('dataSets', WATCHED)] as const
    const [atAlice, atBob] = await Promise.all(watches)
    await endCall(phones)
    for (const [side, sets] of [
      ['caller', atAlice],
      ['callee', atBob],
    ] as const) {
      rows.push(row(`${kind}, ${side}`, sets))
      lines.push(`- ${kind}, ${side}: ${causes(sets)}`)
    }
  }
  return [
    `setData: two steady calls, ${WATCHED / 1000} s each (goal: at most ${GOAL} call a second)`,
    '',
    table(['', 'calls a second', 'bytes a second', 'longest'], rows),
    '',
    ...lines,
  ].join('\n')
}

function row(name: string, sets: readonly DataSet[]): string[] {
  const bytes = sets.reduce((sum, set) => sum + set.bytes, 0)
  const longest = Math.max(0, ...sets.map((set) => set.bytes))
  return [name, perSecond(sets.length).toFixed(2), perSecond(bytes).toFixed(0), `${longest} B`]
}

const perSecond = (amount: number): number => (amount * 1000) / WATCHED

/** Components by number of changes, most active first. */
function causes(sets: readonly DataSet[]): string {
  const counts = new Map<string, number>()
  for (const { by, keys } of sets) {
    const cause = `${by.slice(by.lastIndexOf('/') + 1)} (${keys.toSorted().join(', ')})`
    counts.set(cause, (counts.get(cause) ?? 0) + 1)
  }
  const busiestFirst = [...counts].toSorted(([, a], [, b]) => b - a)
  return busiestFirst.map(([cause, count]) => `${count} × ${cause}`).join('; ')
}
