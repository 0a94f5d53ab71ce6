/**
 * `npm run test:stress`: runs the tests while all their processes are stopped for 0.6 to 1 s again and again, beside three busy loops.
 * Arguments are those of `npm test`; `SEED` selects other moments. For Linux and macOS: it needs SIGSTOP.
 */
import { spawn, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { runInstead, withParent } from './setup/run.mjs'
import { orExplain, say } from './setup/say.mjs'
import { ROOT, setUp } from './setup.mjs'

const BUSY_LOOPS = 3
/** ms */
const STOPPED = { least: 600, most: 1_000 }
const RUNNING = { least: 500, most: 4_000 }

const env = await orExplain(() => setUp({ browser: 'wanted' }))
const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000)
say(`• Stopping the tests again and again, beside ${BUSY_LOOPS} busy loops (SEED=${seed})`)

let running = true
let stops = 0
const loops = Array.from({ length: BUSY_LOOPS }, () =>
  spawn(process.execPath, [join(ROOT, 'scripts/test/busy-loop.mjs')], { env: withParent(), stdio: 'inherit' }),
)
let stopping = Promise.resolve()
const code = await runInstead([join(ROOT, 'scripts/test.mjs'), ...process.argv.slice(2)], {
  cwd: ROOT,
  env,
  started: ({ pid }) => (stopping = stopAgainAndAgain(pid)),
})
running = false
for (const loop of loops) loop.kill()
await stopping
say(`• Stopped ${stops} times`)
process.exitCode = code

async function stopAgainAndAgain(pid) {
  const random = numbers(seed)
  const between = ({ least, most }) => least + random() * (most - least)
  for (;;) {
    await pause(between(RUNNING))
    if (!running) return
    const stopped = stopTree(pid)
    await pause(between(STOPPED))
    for (const pid of stopped) send(pid, 'SIGCONT')
    stops++
  }
}

/** Stops a process and its descendants, until no new one appears; returns their pids. */
function stopTree(pid) {
  const stopped = new Set()
  for (;;) {
    const fresh = treeOf(pid).filter((one) => !stopped.has(one))
    if (fresh.length === 0) return stopped
    for (const one of fresh) {
      stopped.add(one)
      send(one, 'SIGSTOP')
    }
  }
}

function treeOf(root) {
  const children = new Map()
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
  for (const line of stdout.trim().split('\n')) {
    const [pid, parent] = line.trim().split(/\s+/).map(Number)
    children.set(parent, [...(children.get(parent) ?? []), pid])
  }
  const below = (pid) => [pid, ...(children.get(pid) ?? []).flatMap(below)]
  return below(root)
}

function send(pid, signal) {
  try {
    process.kill(pid, signal)
  } catch {
    // It has ended meanwhile.
  }
}

/** Numbers from 0 to 1, reproducible by seed (mulberry32). */
function numbers(state) {
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
