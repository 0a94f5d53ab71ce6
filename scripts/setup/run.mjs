import { spawn } from 'node:child_process'
import { say } from './say.mjs'

const STILL_AT_IT = 10_000
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP']
/** Time for a child to end before it is killed, ms. */
const GRACE = 30_000
/** Preloaded into Node processes, so that they end with their parent, even if it is killed. */
const WITH_PARENT = `--import=${new URL('parent.mjs', import.meta.url).href}`

/** An environment in which every Node process ends with its parent. */
export function withParent(env = process.env) {
  return { ...env, NODE_OPTIONS: [env.NODE_OPTIONS, WITH_PARENT].filter(Boolean).join(' ') }
}

/** Runs a program, with a progress line now and then; returns its exit code and output. */
export function runQuietly(program, args, { cwd = process.cwd(), label = program, env = process.env } = {}) {
  return new Promise((resolve, reject) => {
    const begun = Date.now()
    // npm is a .cmd file on Windows, which requires a shell.
    const child = spawn(program, args, {
      cwd,
      env: withParent(env),
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    })
    let output = ''
    const keep = (data) => {
      output = (output + data).slice(-100_000)
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    const clock = setInterval(() => say(`  ${label}: ${Math.round((Date.now() - begun) / 1000)} s …`), STILL_AT_IT)
    child.on('error', (error) => {
      clearInterval(clock)
      reject(error)
    })
    child.on('close', (code) => {
      clearInterval(clock)
      resolve({ code: code ?? 1, output })
    })
  })
}

/**
 * Runs a Node program in the same terminal; resolves with its exit code. Signals are passed on, and every Node process below it ends with
 * its parent. `started`: called with the child process.
 */
export async function runInstead(args, { cwd = process.cwd(), env = process.env, started } = {}) {
  const child = spawn(process.execPath, args, {
    cwd,
    env: withParent(env),
    stdio: 'inherit',
    // In its own process group, Ctrl+C reaches it once, through this process.
    detached: process.platform !== 'win32',
  })
  const forward = (signal) => {
    child.kill(signal)
    setTimeout(() => child.kill('SIGKILL'), GRACE).unref()
  }
  for (const signal of SIGNALS) process.on(signal, forward)
  try {
    return await new Promise((resolve, reject) => {
      child.on('error', reject)
      child.on('spawn', () => started?.(child))
      child.on('exit', (code, signal) => resolve(signal === null ? (code ?? 1) : 1))
    })
  } finally {
    for (const signal of SIGNALS) process.off(signal, forward)
  }
}
