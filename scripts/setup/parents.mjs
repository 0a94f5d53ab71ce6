import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** ms */
const PERIOD = 500
/** Time to close everything before this process is killed, ms. */
const GRACE = 30_000

/**
 * Sends this process SIGTERM after its parent has ended. A command in npm's shell ends with npm as well: a killed shell passes no signal
 * on, and npm, if killed, leaves its shell running.
 */
export function endWithParents() {
  const chain = [process.ppid]
  if (process.env.npm_lifecycle_event !== undefined && isShell(process.ppid)) {
    const npm = statOf(process.ppid)?.parent ?? 0
    if (npm > 1) chain.push(npm)
  }
  const timer = setInterval(() => {
    if (chain.every((pid, level) => isStillAbove(pid, level, chain))) return
    clearInterval(timer)
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), GRACE).unref()
    process.kill(process.pid, 'SIGTERM')
  }, PERIOD)
  timer.unref()
}

/** Whether a process is still the parent of the one below it. Orphans get another parent, but not on Windows. */
function isStillAbove(pid, level, chain) {
  if (process.platform === 'win32') return isAlive(pid)
  return (level === 0 ? process.ppid : statOf(chain[level - 1])?.parent) === pid
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

const isShell = (pid) => /^-?(ba|da|z|k|a)?sh$/.test(statOf(pid)?.name ?? '')

/** A process's name and parent; null if unknown. */
function statOf(pid) {
  if (process.platform === 'win32') return null
  const { status, stdout } =
    process.platform === 'linux'
      ? readStat(pid)
      : spawnSync('ps', ['-o', 'comm=,ppid=', '-p', String(pid)], { encoding: 'utf8' })
  // `… name parent`
  const [, name, parent] = /(?:^|\/)([^/\n]*?)\s+(\d+)\s*$/.exec(stdout ?? '') ?? []
  return status !== 0 || parent === undefined ? null : { name, parent: Number(parent) }
}

/** On Linux without a process: `pid (name) state parent …`; the name may contain spaces and brackets. */
function readStat(pid) {
  try {
    const [, name, parent] = /^\d+ \((.*)\) \S (\d+) /s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? []
    return { status: 0, stdout: `${name} ${parent}` }
  } catch {
    return { status: 1 }
  }
}
