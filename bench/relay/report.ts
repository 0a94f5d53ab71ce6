import { ENGINES, type EngineName } from './engine'
import { median, percentile } from '../statistics'
import { fineMs, table } from '../table'

export interface Figures {
  /** Percent of one core. */
  cpu: number
  /** MB */
  memory: number
  /** Delay of the tags, ms. */
  p50: number
  p99: number
  missing: number
  /** CPU of the load generator, percent of one core. */
  generator: number
}
/** `<engine> <streams>` → one entry per round. */
export type Results = Map<`${EngineName} ${number}`, Figures[]>

const HEAD = ['streams, engine', 'CPU %', 'memory MB', 'delay p50', 'delay p99', 'missing tags', 'generator CPU %']

/** Rows of every engine, and the service as a multiple of nginx. */
export function relayTable(counts: readonly number[], results: Results): string {
  const rows = counts.flatMap((count) => {
    const figures = ENGINES.flatMap((engine) => {
      const rounds = results.get(`${engine} ${count}`)
      return rounds ? [{ engine, ...medians(rounds) }] : []
    })
    const [ours, theirs] = figures
    const shown = figures.map((one) => [
      `${count}, ${one.engine}`,
      one.cpu.toFixed(1),
      one.memory.toFixed(0),
      fineMs(one.p50),
      fineMs(one.p99),
      `${one.missing}`,
      one.generator.toFixed(0),
    ])
    if (!ours || !theirs) return shown
    const ratio = (key: 'cpu' | 'memory' | 'p50' | 'p99'): string => `× ${(ours[key] / theirs[key]).toFixed(2)}`
    return [...shown, [`${count}, ratio`, ratio('cpu'), ratio('memory'), ratio('p50'), ratio('p99')]]
  })
  return table(HEAD, rows)
}

/** Times of joins, by engine and protocol, ms. */
export function joinTable(joins: ReadonlyMap<string, readonly number[]>): string {
  const rows = [...joins].map(([name, times]) => [name, ...[median(times), percentile(times, 95)].map(fineMs)])
  return table(['', 'median', 'p95'], rows)
}

function medians(rounds: readonly Figures[]): Figures {
  const of = (key: keyof Figures): number => median(rounds.map((round) => round[key]))
  return {
    cpu: of('cpu'),
    memory: of('memory'),
    p50: of('p50'),
    p99: of('p99'),
    missing: rounds.reduce((sum, { missing }) => sum + missing, 0),
    generator: of('generator'),
  }
}
