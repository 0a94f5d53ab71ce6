/**
 * Time of remuxing an hour of a recorded video call, beside ffmpeg; and the effect on running calls: delays of the service's event loop.
 */
import { execFile, spawnSync } from 'node:child_process'
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, utimesSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { pino } from 'pino'
import { flvHeader, writeFlvTag } from '../../server/media/flv'
import type { MediaTag } from '../../server/media/types'
import { spoolFolder } from '../../server/recording/folders'
import { remuxCall } from '../../server/recording/remux/remux-call'
import { RemuxWorker } from '../../server/recording/remux/remux-worker'
import { findFfmpeg } from '../../server/recording/compose/ffmpeg'
import { encodeMark, spoolTag, SPOOL_HEADER, segmentName } from '../../server/recording/spool/format'
import { makeTag, tagsIn } from '../../test/server/recording/tags'
import { percentile } from '../statistics'
import { fineMs, table, wholeMs } from '../table'
import { callClip } from './clip'

const HOUR = 3_600_000
const CLIP_SECONDS = 60
const RUNS = 9

/** An hour of a call: a minute of real H.264 and AAC, repeated. */
function* anHour(clip: readonly MediaTag[]): Generator<MediaTag> {
  for (const tag of clip) if (tag.kind.endsWith('config')) yield tag
  const frames = clip.filter(({ kind }) => kind === 'audio' || kind === 'video' || kind === 'video-key')
  for (let start = 0; start < HOUR; start += CLIP_SECONDS * 1000) {
    for (const { type, timestamp, payload } of frames) yield makeTag(type === 8 ? 8 : 9, start + timestamp, payload)
  }
}

/** The same hour as a call's spool, and as an FLV file for ffmpeg; bytes of the spool. */
function writeHour(callFolder: string, flv: string, clip: readonly MediaTag[]): number {
  const origin = Date.now() - HOUR
  const folder = join(spoolFolder(callFolder), '1')
  mkdirSync(folder, { recursive: true })
  const path = join(folder, segmentName(origin, 1))
  const [spool, plain] = [openSync(path, 'w'), openSync(flv, 'w')]
  const request = { audio: true, video: true, live: false, type: '2', hostSpeaker: false } as const
  const subject = { cid: 1, uid: 1, account: 'alice', caller: true, request }
  const header = { ...subject, clock: 1, anchor: { wall: origin, timestamp: 0 }, version: 2 as const }
  let bytes = writeSync(spool, Buffer.concat([SPOOL_HEADER, encodeMark({ mark: 'header', header }, 0)]))
  writeSync(plain, flvHeader({ audio: true, video: true }))
  for (const { type, timestamp, payload } of anHour(clip)) {
    bytes += writeSync(spool, spoolTag(type, timestamp, payload, timestamp))
    writeSync(plain, writeFlvTag(type, timestamp, payload))
  }
  bytes += writeSync(spool, encodeMark({ mark: 'end', timestamp: HOUR }, 0))
  closeSync(spool)
  closeSync(plain)
  utimesSync(path, new Date(), new Date())
  return bytes
}

/** ffmpeg makes the same two files, also with the mp4's index first. */
async function copyWithFfmpeg(ffmpeg: string, flv: string, folder: string): Promise<void> {
  const outputs = ['-map', '0:a', '-c', 'copy', join(folder, 'copy.aac')]
  outputs.push('-map', '0', '-c', 'copy', '-movflags', '+faststart', join(folder, 'copy.mp4'))
  await promisify(execFile)(ffmpeg, ['-hide_banner', '-nostdin', '-loglevel', 'error', '-y', '-i', flv, ...outputs])
}

interface Run {
  took: number
  longest: number
  p99: number
  memory: number
}

/** Measures the event loop during some work; memory: the maximum growth of the process, MB. */
async function watched(work: () => Promise<void>): Promise<Run> {
  globalThis.gc?.()
  // Flushes earlier writes, so that the fsync of our files does not wait for them. ffmpeg does not fsync.
  spawnSync('sync')
  const before = process.memoryUsage.rss()
  let most = before
  const delays = monitorEventLoopDelay({ resolution: 1 })
  const sampling = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 20)
  delays.enable()
  // To count a block at the very beginning.
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
  const [ffmpeg, encoded] = [await findFfmpeg(null), await callClip(CLIP_SECONDS)]
  if (!ffmpeg || !encoded) return 'Finishing: skipped, for there is no ffmpeg.'
  say('finishing: an hour, in the service’s thread and by ffmpeg -c copy')
  const folder = mkdtempSync(join(tmpdir(), 'bench-finish-'))
  const flv = join(folder, 'hour.flv')
  const remuxWorker = new RemuxWorker(pino({ level: 'silent' }))
  const finish = async (): Promise<void> => {
    const { files, notes } = await remuxCall(folder, new Map(), remuxWorker)
    if (files.length !== 2 || notes.length > 0) throw new Error(`not whole: ${JSON.stringify({ files, notes })}`)
  }
  try {
    const size = writeHour(folder, flv, tagsIn(encoded))
    const rows = [row('nothing, 2 s', await watched(async () => await pause(2000)))]
    const warm = async (): Promise<void> => {
      remuxWorker.warm()
      await pause(2000)
    }
    rows.push(row('an idle thread more', await watched(warm)))
    const took = { own: [] as number[], ffmpeg: [] as number[] }
    for (let run = 1; run <= RUNS; run++) {
      const own = await watched(finish)
      rows.push(finishedRow(`in the thread, run ${run}`, own))
      const copied = await watched(async () => await copyWithFfmpeg(ffmpeg, flv, folder))
      rows.push(finishedRow(`ffmpeg -c copy, run ${run}`, copied))
      took.own.push(own.took)
      took.ffmpeg.push(copied.took)
    }
    const ratio = percentile(took.own, 50) / percentile(took.ffmpeg, 50)
    return [
      `Finishing an hour of one member, ${Math.round(size / 1e6)} MB of spool, into an .aac and an .mp4, beside ffmpeg, which reads ` +
        'the same frames as FLV (goal: 1.2 × its time; ours with checksums, and written through to the disk)',
      '',
      table(['Finishing', 'took', 'longest block', 'p99', 'memory', 'real time'], rows),
      '',
      `Ratio of the medians: × ${ratio.toFixed(2)}`,
    ].join('\n')
  } finally {
    await remuxWorker.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

const finishedRow = (name: string, run: Run): string[] => [...row(name, run), `${Math.round(HOUR / run.took)} ×`]
