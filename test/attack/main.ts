/** `npm run attack`: attacks on a service in its own process, judged by what two honest pairs in recorded calls notice. */
import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { percentile } from '../../bench/statistics'
import { field, tokenOf } from '../../bench/relay/accounts'
import { table } from '../../bench/table'
import { startProgram } from '../../bench/program'
import { ATTACKS, isAttack, type AttackName, type Target } from './attacks'
import { HonestCall, setUpTime, type Experience } from './honest'

/** Duration of each attack, s. */
const SECONDS = Number(process.env['SECONDS'] ?? 10)
/** Time after the attacks until memory and descriptors are checked, s. */
const REST = 30
/** `noise`: mutual delay of three processes on two cores without an attack; a frame lasts longer. */
const LIMITS = { delay: 100, timesQuiet: 3, noise: 40, stall: 500, setUp: 1_000 }
/** Allowed growth of the heap: Node keeps memory for a while. */
const HEAP = 192e6
const PAIRS = [
  ['alice', 'bob'],
  ['carol', 'dave'],
] as const

interface Row extends Experience {
  attack: string
  /** The slowest call set-up of new accounts meanwhile, ms; Infinity if one failed. */
  setUp: number
  memory: number
  descriptors: number
  /** Message of an attacker that ended by itself. */
  broken: string
}

async function main(wanted: readonly string[]): Promise<boolean> {
  const unknown = wanted.find((name) => !isAttack(name))
  if (unknown !== undefined)
    throw new Error(`There is no attack "${unknown}". Attacks: ${Object.keys(ATTACKS).join(' ')}`)
  const names = Object.keys(ATTACKS).filter(isAttack)
  const attacks = wanted.length === 0 ? names : names.filter((name) => wanted.includes(name))
  const service = await startProgram('server/main.ts')
  const { rtmpPort } = service
  try {
    if (rtmpPort === null) throw new Error('the service did not tell its RTMP port')
    const calls = await Promise.all(PAIRS.map(async (pair) => HonestCall.begin(service.url, pair)))
    const target = { url: service.url, rtmpPort, victims: PAIRS.flat() }
    await pause(3_000)
    for (const call of calls) call.take()
    const before = await resourcesOf(service)
    const quiet = await observe('quiet', calls, service.url, service.pid, null)
    const rows = [quiet]
    for (const name of attacks)
      rows.push(await observe(name, calls, service.url, service.pid, () => attack(name, target)))
    const whole = calls.every((call) => call.isWhole)
    for (const call of calls) await call.hangUp()
    const files = await filesOf(service.url, calls)
    await pause(REST * 1_000)
    return report(rows, { whole, files, before, after: await resourcesOf(service) })
  } finally {
    await service.close()
  }
}

/** Results of the honest members over some time. */
async function observe(
  name: string,
  calls: readonly HonestCall[],
  url: string,
  pid: number,
  begin: (() => { broken: () => string; stop(): Promise<void> }) | null,
): Promise<Row> {
  const attacker = begin?.()
  // The service has to start first, and the first calls with it.
  await pause(2_000)
  for (const call of calls) call.take()
  const end = performance.now() + SECONDS * 1_000
  let setUp = 0
  let [memory, descriptors] = [0, 0]
  for (let pair = 0; performance.now() < end; pair++) {
    const newcomers = [`new-${name}-${pair}-a`, `new-${name}-${pair}-b`] as const
    setUp = Math.max(setUp, await setUpTime(url, newcomers).catch(() => Infinity))
    memory = Math.max(memory, memoryOf(pid))
    descriptors = Math.max(descriptors, descriptorsOf(pid))
    await pause(500)
  }
  const seen = calls.map((call) => call.take())
  await attacker?.stop()
  return {
    attack: name,
    delays: seen.flatMap(({ delays }) => delays),
    stall: Math.max(...seen.map(({ stall }) => stall)),
    lost: seen.reduce((sum, { lost }) => sum + lost, 0),
    setUp,
    memory,
    descriptors,
    broken: attacker?.broken() ?? '',
  }
}

function attack(name: AttackName, target: Target) {
  const child = spawn(process.execPath, ['--import', 'tsx', 'test/attack/attacker.ts', name, JSON.stringify(target)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', (data: Buffer) => (said = (said + data.toString()).slice(-500)))
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  return {
    broken: () => said.trim(),
    async stop() {
      child.kill('SIGKILL')
      await ended
    },
  }
}

/** Whether each call's files exist, are complete, and have no note. */
async function filesOf(url: string, calls: readonly HonestCall[]): Promise<string[]> {
  const problems: string[] = []
  for (const [at, { cid }] of calls.entries()) {
    const headers = { authorization: `Bearer ${await tokenOf(url, PAIRS[at]?.[0] ?? '')}` }
    for (;;) {
      const call: unknown = await (await fetch(`${url}/api/calls/${cid}`, { headers })).json()
      const recording = field(call, 'recording')
      const state = field(recording, 'state')
      if (state !== 'done' && state !== 'failed') {
        await pause(500)
        continue
      }
      const [notes, files] = [field(recording, 'notes'), field(call, 'files')]
      if (state !== 'done' || !Array.isArray(notes) || notes.length > 0) problems.push(JSON.stringify(recording))
      if (!Array.isArray(files) || files.length !== 4) problems.push(`call ${at + 1} has not its four files`)
      break
    }
  }
  return problems
}

function report(
  rows: readonly Row[],
  { whole, files, before, after }: { whole: boolean; files: string[]; before: Resources; after: Resources },
): boolean {
  const [quiet] = rows
  const p99 = ({ delays }: Row): number => percentile(delays, 99)
  const most = Math.min(LIMITS.delay, Math.max(LIMITS.timesQuiet * (quiet ? p99(quiet) : 0), LIMITS.noise))
  const problems: string[] = []
  const judge = (row: Row): string => {
    const faults = [
      ...(p99(row) > most ? [`p99 above ${most.toFixed(0)} ms`] : []),
      ...(row.stall > LIMITS.stall ? ['stall'] : []),
      ...(row.lost > 0 ? [`${row.lost} frames lost`] : []),
      ...(row.setUp > LIMITS.setUp ? ['call set-up'] : []),
      ...(row.broken === '' ? [] : [row.broken]),
    ]
    problems.push(...faults.map((fault) => `${row.attack}: ${fault}`))
    return faults.length === 0 ? 'holds' : faults.join(', ')
  }
  const lines = rows.map((row) => [
    row.attack,
    percentile(row.delays, 50).toFixed(1),
    p99(row).toFixed(1),
    row.stall.toFixed(0),
    row.setUp === Infinity ? 'failed' : row.setUp.toFixed(0),
    (row.memory / 1e6).toFixed(0),
    String(row.descriptors),
    judge(row),
  ])
  const head = [
    'attack',
    'frame p50, ms',
    'p99, ms',
    'longest stall, ms',
    'call set-up, ms',
    'memory, MB',
    'descriptors',
    '',
  ]
  process.stdout.write(`${table(head, lines)}\n`)
  if (!whole) problems.push('an honest member was disconnected')
  problems.push(...files)
  if (after.descriptors > before.descriptors) problems.push(`${after.descriptors} descriptors are left`)
  if (after.timers > before.timers) problems.push(`${after.timers} timers are left`)
  if (after.memory > before.memory + HEAP) problems.push('memory did not come back')
  const words = (told: Resources): string =>
    `${(told.memory / 1e6).toFixed(0)} MB (heap ${(told.heap / 1e6).toFixed(0)}), ${told.descriptors} descriptors, ${told.timers} timers`
  process.stdout.write(
    `Before: ${words(before)}. ${REST} s after: ${words(after)}.\n${problems.length === 0 ? 'Everything holds.' : problems.join('\n')}\n`,
  )
  return problems.length === 0
}

interface Resources {
  /** Resident, bytes. */
  memory: number
  /** Heap in use, bytes, including garbage that was not collected yet. */
  heap: number
  descriptors: number
  timers: number
}
async function resourcesOf({ url, pid }: { url: string; pid: number }): Promise<Resources> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const figure = (name: RegExp): number => Number(new RegExp(`^${name.source} (\\S+)$`, 'm').exec(text)?.[1] ?? 0)
  return {
    memory: memoryOf(pid),
    heap: figure(/nodejs_heap_size_used_bytes/),
    descriptors: descriptorsOf(pid),
    timers: figure(/nodejs_active_resources\{type="Timeout"\}/),
  }
}
const descriptorsOf = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length
function memoryOf(pid: number): number {
  const [, pages = '0'] = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')
  return Number(pages) * 4096
}
/** The command measures in real time for a given number of seconds; it is not part of `npm test`. */
function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

main(process.argv.slice(2)).then(
  (holds) => process.exit(holds ? 0 : 1),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exit(1)
  },
)
