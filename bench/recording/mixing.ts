import { EventEmitter } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import type { MediaEvents, MediaTag } from '../../server/media/types'
import { RemuxWorker } from '../../server/recording/remux/remux-worker'
import { createRecording } from '../../server/recording/recording'
import type { RecordingSubject } from '../../server/recording/types'
import { Timeline } from '../../server/timeline'
import { tagsIn } from '../../test/server/recording/tags'
import { memoryOf } from '../relay/usage'
import { table } from '../table'
import { callClip } from './clip'

const MEMBERS = [2, 4, 9]
const SECONDS = 60
const CID = 1
/** The kernel's clock ticks per second on Linux. */
const TICK = 10
const logger = pino({ level: 'silent' })

interface Mixed {
  took: number
  /** CPU time of ffmpeg and other children, ms. */
  cpu: number
  /** Maximum memory of ffmpeg, MB. */
  memory: number
}

/** Speed of mixing calls of several members, each with audio and video over the whole call. */
export async function mixing(say: (text: string) => void): Promise<string> {
  const clip = await callClip(SECONDS)
  if (!clip) return 'Mixing: skipped, for there is no ffmpeg.'
  const tags = tagsIn(clip)
  const rows: string[][] = []
  for (const members of MEMBERS) {
    say(`mixing ${members} members`)
    const { took, cpu, memory } = await mixOf(members, tags)
    const length = SECONDS * 1_000
    const [byClock, byCore] = [length / took, length / cpu].map((times) => `${times.toFixed(1)} ×`)
    rows.push([`${members} members`, byClock ?? '', byCore ?? '', `${memory.toFixed(0)} MB`])
  }
  return [
    `Mixing a call of ${SECONDS} s, each member 360 × 640 at 15 frames a second (goal for two: 12 × real time on one core)`,
    '',
    table(['call', 'real time, by the clock', 'by the time of one core', 'memory of ffmpeg'], rows),
  ].join('\n')
}

async function mixOf(members: number, tags: readonly MediaTag[]): Promise<Mixed> {
  const directory = mkdtempSync(join(tmpdir(), 'bench-mix-'))
  const media = new EventEmitter<MediaEvents>()
  const remuxWorker = new RemuxWorker(logger)
  const subjects = new Map(Array.from({ length: members }, (_, index) => [index + 1, subjectOf(index + 1)]))
  const recording = createRecording({
    media,
    directory,
    subjectOf: ({ uid }) => subjects.get(uid) ?? null,
    logger,
    timeline: new Timeline(),
    remuxWorker,
  })
  try {
    const startedAt = Date.now() - SECONDS * 1_000
    for (const uid of subjects.keys()) {
      const publication = { name: { cid: CID, uid }, protocol: 'rtmp', startedAt } as const
      media.emit('publish', publication)
      for (const tag of tags) media.emit('tag', publication, tag)
      media.emit('unpublish', publication, 'closed')
    }
    await recording.finish(CID)
    return await watched(async () => {
      const { files, notes } = await recording.mix(CID)
      if (files.length !== 1 || notes.length > 0) throw new Error(`not mixed: ${JSON.stringify({ files, notes })}`)
    })
  } finally {
    await recording.close()
    await remuxWorker.close()
    rmSync(directory, { recursive: true, force: true })
  }
}

function subjectOf(uid: number): RecordingSubject {
  const request = { audio: true, video: true, live: false, type: '1', hostSpeaker: false } as const
  return { cid: CID, uid, account: `member-${uid}`, caller: uid === 1, request }
}

async function watched(work: () => Promise<void>): Promise<Mixed> {
  let memory = 0
  const sampling = setInterval(() => (memory = Math.max(memory, childrenMemory())), 50)
  const [startedAt, before] = [performance.now(), childrenTime()]
  await work()
  clearInterval(sampling)
  return { took: performance.now() - startedAt, cpu: childrenTime() - before, memory }
}

const statOf = (pid: number | string): string[] =>
  readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []

/** CPU time of ended children, ms. */
function childrenTime(): number {
  const [user, system] = statOf('self').slice(13, 15)
  return (Number(user) + Number(system)) * TICK
}

/** Memory of all children, MB. */
function childrenMemory(): number {
  let sum = 0
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (Number(statOf(pid)[1]) === process.pid) sum += memoryOf(Number(pid)) || 0
    } catch {
      // It has ended meanwhile.
    }
  }
  return sum
}
