import { existsSync } from 'node:fs'
import type { Clip } from '../relay/clip'
import type { RelayEngine } from '../relay/engine'
import { measureLoad, startGenerator, type Generator } from '../relay/generator'
import { findNginx, startNginx } from '../relay/nginx'
import { startServiceEngine } from '../relay/service'
import type { Media } from '../relay/load-orders'
import { memoryOf } from '../relay/usage'
import { TILE_WEIGHT } from '../relay/weighed-stream'
import { median, percentile } from '../statistics'
import { carried, roomsTable, type RoomFigures, type RoomResults, type Scene } from './report'

const ROUNDS = 3
const TIMES = { warmUp: 2_500, duration: 5_000 }

/** A room of nine with the recorded clip, then growing numbers of rooms of three, through the service and nginx alternately. */
export async function manyRooms(clip: Clip, say: (text: string) => void): Promise<string> {
  if (!existsSync('/proc/self/schedstat')) return 'Rooms: skipped, for it reads CPU and memory from /proc: Linux only.'
  const weighed: Media = { kind: 'weighed', weight: TILE_WEIGHT }
  const loads: (Scene & { media: Media })[] = [
    { rooms: 1, members: 9, media: { kind: 'clip', clip } },
    ...[10, 50, 100].map((rooms) => ({ rooms, members: 3, media: weighed })),
  ]
  const nginx = await findNginx()
  const generator = startGenerator()
  const results: RoomResults = new Map()
  try {
    const starts = [startServiceEngine, ...('root' in nginx ? [() => startNginx(nginx.root)] : [])]
    for (let round = 0; round < ROUNDS; round++) {
      for (const { media, ...scene } of loads) {
        // Directly one after the other, for the same machine state; the order changes with the round.
        for (const start of round % 2 === 0 ? starts : starts.toReversed()) {
          const engine = await start()
          const figures = await measure(engine, generator, scene, media).finally(() => engine.close())
          say(
            `rooms, round ${round + 1} of ${ROUNDS}: ${scene.rooms} of ${scene.members} through ${engine.name}: ` +
              `${figures.cpu.toFixed(1)} % CPU, p99 ${figures.p99.toFixed(1)} ms, ${figures.missing} missing`,
          )
          const key = `${engine.name} ${scene.rooms}` as const
          results.set(key, [...(results.get(key) ?? []), figures])
        }
      }
    }
  } finally {
    await generator.close()
    if ('remove' in nginx) nginx.remove()
  }
  const beside = 'root' in nginx ? `beside ${nginx.version} with its RTMP module` : `alone: ${nginx.missing}`
  return [
    `Rooms: the call service ${beside}; medians of those of ${ROUNDS} rounds of ${TIMES.duration / 1000} s in which the machine had time`,
    '',
    roomsTable(loads, results),
    '',
    carried(loads, results),
  ].join('\n')
}

async function measure(engine: RelayEngine, generator: Generator, scene: Scene, media: Media): Promise<RoomFigures> {
  const empty = memoryOf(engine.pid)
  const begun = performance.now()
  const { streams, close } = await engine.openRooms(scene.rooms, scene.members)
  const opening = performance.now() - begun
  const { used, relayed } = await measureLoad(engine.pid, generator, { streams, media, ...TIMES })
  await close()
  const { own, delays, late } = relayed
  return {
    opening,
    cpu: used.cpu,
    memory: used.memory,
    added: used.memory - empty,
    p50: median(delays),
    p99: percentile(delays, 99),
    missing: own.missing,
    late,
    generator: used.generator,
    machine: used.machine,
  }
}
