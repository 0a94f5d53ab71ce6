import { existsSync } from 'node:fs'
import { flvUrl } from '../../test/support/media-client'
import { median, percentile } from '../statistics'
import type { RelayEngine } from './engine'
import { measureLoad, startGenerator, type Generator } from './generator'
import { findNginx, startNginx, startProxy } from './nginx'
import { startServiceEngine } from './service'
import { fineMs, table } from '../table'
import { joinTable, relayTable, type Figures, type Results } from './report'
import type { Media } from './load-orders'
import { CALL_WEIGHT } from './weighed-stream'

const COUNTS = [1, 10, 50, 100]
const ROUNDS = 3
const TIMES = { warmUp: 2_500, duration: 7_000 }
const JOINS = 20
const PROXIED = 10
const MEDIA: Media = { kind: 'weighed', weight: CALL_WEIGHT }

/** The service's relay beside nginx's, alternating, with the same load from the same process. */
export async function relay(say: (text: string) => void): Promise<string> {
  if (!existsSync('/proc/self/schedstat')) return 'Relay: skipped, for it reads CPU and memory from /proc: Linux only.'
  const nginx = await findNginx()
  const generator = startGenerator()
  try {
    const start = [startServiceEngine, ...('root' in nginx ? [() => startNginx(nginx.root)] : [])]
    const results: Results = new Map()
    for (let round = 0; round < ROUNDS; round++) {
      // The order changes with the round.
      const engines = await startAll(round % 2 === 0 ? start : start.toReversed())
      try {
        await measureRound(engines, generator, results, (text) =>
          say(`relay, round ${round + 1} of ${ROUNDS}: ${text}`),
        )
      } finally {
        for (const engine of engines) await engine.close()
      }
    }
    const joins = await measureJoins(start, generator, say)
    const proxied = 'root' in nginx ? await measureProxied(nginx.root, generator, say) : null
    const beside = 'root' in nginx ? `beside ${nginx.version} with its RTMP module` : `alone: ${nginx.missing}`
    return [
      `Relay: the call service ${beside}; medians of ${ROUNDS} rounds of ${TIMES.duration / 1000} s`,
      '',
      relayTable(COUNTS, results),
      '',
      `Join to first key frame: ${JOINS} joins into a stream with a key frame a second (goal: below 20 ms)`,
      '',
      joinTable(joins),
      ...(proxied === null
        ? []
        : ['', `HTTP-FLV of ${PROXIED} streams behind nginx (goal: no later than without)`, '', proxied]),
    ].join('\n')
  } finally {
    await generator.close()
    if ('remove' in nginx) nginx.remove()
  }
}

async function startAll(start: readonly (() => Promise<RelayEngine>)[]): Promise<RelayEngine[]> {
  const engines: RelayEngine[] = []
  for (const one of start) engines.push(await one())
  return engines
}

async function measureRound(
  engines: readonly RelayEngine[],
  generator: Generator,
  results: Results,
  say: (text: string) => void,
): Promise<void> {
  for (const count of COUNTS) {
    for (const engine of engines) {
      say(`${count} streams through ${engine.name}`)
      const figures = await measure(engine, generator, count)
      const key = `${engine.name} ${count}` as const
      results.set(key, [...(results.get(key) ?? []), figures])
    }
  }
}

async function measure(engine: RelayEngine, generator: Generator, count: number): Promise<Figures> {
  const { streams, close } = await engine.open(count)
  const { used, relayed } = await measureLoad(engine.pid, generator, { streams, media: MEDIA, ...TIMES })
  await close()
  const { delays, own } = relayed
  const { cpu, memory, generator: load } = used
  return { cpu, memory, generator: load, p50: median(delays), p99: percentile(delays, 99), missing: own.missing }
}

/** Joins over RTMP; for the service over HTTP-FLV as well, like its browsers. */
async function measureJoins(
  start: readonly (() => Promise<RelayEngine>)[],
  generator: Generator,
  say: (text: string) => void,
): Promise<Map<string, number[]>> {
  const joins = new Map<string, number[]>()
  for (const engine of await startAll(start)) {
    say(`joins: ${engine.name}`)
    const { streams, close } = await engine.open(1)
    const [stream] = streams
    const play = stream?.plays[0]
    if (stream && stream.push !== null && play !== undefined) {
      const { push } = stream
      joins.set(`${engine.name}, RTMP`, await generator.join({ push, play, joins: JOINS }))
      if (engine.http) {
        const flv = flvUrl(play, 'http', engine.http)
        joins.set(`${engine.name}, HTTP-FLV`, await generator.join({ push, play: flv, joins: JOINS }))
      }
    }
    await close()
    await engine.close()
  }
  return joins
}

/** Delay of HTTP-FLV behind an nginx that buffers responses, unless they forbid it. */
async function measureProxied(root: string, generator: Generator, say: (text: string) => void): Promise<string> {
  const service = await startServiceEngine()
  const server = service.http ?? ''
  let proxy: Awaited<ReturnType<typeof startProxy>> | null = null
  try {
    proxy = await startProxy(root, server)
    const rows = []
    for (const [name, http] of [
      ['without nginx', server],
      ['behind nginx', proxy.http],
    ] as const) {
      say(`HTTP-FLV ${name}`)
      const { streams, close } = await service.open(PROXIED)
      const flv = streams.map(({ push, plays }) => ({
        push,
        plays: plays.map((play) => flvUrl(play, 'http', http)),
      }))
      const { relayed } = await measureLoad(service.pid, generator, { streams: flv, media: MEDIA, ...TIMES })
      rows.push([name, ...[50, 95, 99].map((p) => fineMs(percentile(relayed.delays, p))), String(relayed.own.missing)])
      await close()
    }
    return table(['', 'delay p50', 'delay p95', 'delay p99', 'missing tags'], rows)
  } finally {
    await proxy?.close()
    await service.close()
  }
}
