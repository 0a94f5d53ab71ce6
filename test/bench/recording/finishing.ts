/**
 * What the calls that go on feel while an hour of a recorded video call is made into its files: how long the service's
 * event loop stands still, and how many times real time that is.
 */
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, utimesSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as pause } from 'node:timers/promises'
import { pino } from 'pino'
import type { MediaTag } from '../../../server/media/types'
import { finishCall, spoolFolder } from '../../../server/recording/finish-call'
import { finishParticipant } from '../../../server/recording/finish-participant'
import { Finisher } from '../../../server/recording/finisher'
import { encodeMark, FLV_HEADER, segmentName } from '../../../server/recording/spool-format'
import { makeTag, tagsOf } from '../../server/recording/tags'
import { fineMs, table, wholeMs } from '../table'

const HOUR = 3_600_000
const FRAMES_PER_SECOND = 15
/** Bits per second. */
const PICTURE_RATE = 300_000
const SOUND_RATE = 64_000
/** ms */
const SOUND_FRAME = 1024 / 48
const RUNS = 3

/** An hour of H.264 with a key frame each second, and AAC; only the configurations are real. */
function* anHour(): Generator<MediaTag> {
  for (const tag of tagsOf('talk')) if (tag.kind.endsWith('config')) yield tag
  const picture = Buffer.alloc(PICTURE_RATE / 8 / FRAMES_PER_SECOND, 7)
  const sound = Buffer.alloc(Math.round((SOUND_RATE / 8 / 1000) * SOUND_FRAME), 7)
  let frame = 0
  for (let at = 0; at * SOUND_FRAME < HOUR; at++) {
    for (; (frame * 1000) / FRAMES_PER_SECOND <= at * SOUND_FRAME; frame++) {
      const first = frame % FRAMES_PER_SECOND === 0 ? 0x17 : 0x27
      const payload = Buffer.concat([Buffer.from([first, 1, 0, 0, 0]), picture])
      yield makeTag(9, Math.round((frame * 1000) / FRAMES_PER_SECOND), payload)
    }
    yield makeTag(8, Math.round(at * SOUND_FRAME), Buffer.concat([Buffer.from([0xaf, 1]), sound]))
  }
}

function writeSpool(callFolder: string): number {
  const origin = Date.now() - HOUR
  const folder = join(spoolFolder(callFolder), '1')
  mkdirSync(folder, { recursive: true })
  const path = join(folder, segmentName(origin, 1))
  const file = openSync(path, 'w')
  const request = { audio: true, video: true, live: false, type: '2', hostSpeaker: false } as const
  const subject = { cid: 1, uid: 1, account: 'alice', caller: true, request }
  const header = { ...subject, clock: 1, anchor: { wall: origin, timestamp: 0 } }
  let bytes = writeSync(file, Buffer.concat([FLV_HEADER, encodeMark({ mark: 'header', header }, 0)]))
  for (const tag of anHour()) bytes += writeSync(file, tag.flv())
  bytes += writeSync(file, encodeMark({ mark: 'end', timestamp: HOUR }, HOUR))
  closeSync(file)
  utimesSync(path, new Date(), new Date())
  return bytes
}

interface Run {
  took: number
  longest: number
  p99: number
  memory: number
}

/** Watches the event loop over a piece of work; memory: the most that the process took beyond before, MB. */
async function watched(work: () => Promise<void>): Promise<Run> {
  globalThis.gc?.()
  const before = process.memoryUsage.rss()
  let most = before
  const delays = monitorEventLoopDelay({ resolution: 1 })
  const sampling = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 20)
  delays.enable()
  // So that a block at the very beginning counts.
  await pause(20)
  const startedAt = performance.now()
  await work()
  const took = performance.now() - startedAt
  await pause(20)
  delays.disable()
  clearInterval(sampling)
  return { took, longest: delays.max / 1e6, p99: delays.percentile(99) / 1e6, memory: (most - before) / 1e6 }
}

const row = (name: string, { took, longest, p99, memory }: Run): string[] => [
  name,
  wholeMs(took),
  fineMs(longest),
  fineMs(p99),
  `${Math.round(memory)} MB`,
]

export async function finishing(say: (text: string) => void): Promise<string> {
  say('finishing: an hour, in the service’s thread and outside of it')
  const folder = mkdtempSync(join(tmpdir(), 'bench-finish-'))
  const finisher = new Finisher(pino({ level: 'silent' }))
  const finishWith = async (way: Pick<Finisher, 'finish'>): Promise<void> => {
    const { files, notes } = await finishCall(folder, [], way)
    if (files.length !== 2 || notes.length > 0) throw new Error(`not whole: ${JSON.stringify({ files, notes })}`)
  }
  try {
    const size = writeSpool(folder)
    const rows = [row('nothing, 2 s', await watched(async () => await pause(2000)))]
    rows.push(
      row(
        'starting the thread',
        await watched(async () => {
          finisher.warm()
          await pause(2000)
        }),
      ),
    )
    for (let run = 1; run <= RUNS; run++)
      rows.push(finishedRow(`in the thread, run ${run}`, await watched(async () => await finishWith(finisher))))
    for (let run = 1; run <= RUNS; run++) {
      const here = { finish: finishParticipant }
      rows.push(finishedRow(`on the service's own, run ${run}`, await watched(async () => await finishWith(here))))
    }
    return [
      `Finishing an hour of one member, ${Math.round(size / 1e6)} MB of spool, into an .aac and an .mp4 (goal: 200 × real time)`,
      '',
      table(['Finishing', 'took', 'longest block', 'p99', 'memory', 'real time'], rows),
    ].join('\n')
  } finally {
    await finisher.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

const finishedRow = (name: string, run: Run): string[] => [...row(name, run), `${Math.round(HOUR / run.took)} ×`]
