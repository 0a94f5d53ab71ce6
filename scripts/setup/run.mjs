import { spawn } from 'node:child_process'
import { say } from './say.mjs'

const STILL_AT_IT = 10_000
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP']
/** For a child that was told to end, before it is killed, ms. */
const GRACE = 30_000
/** What a Node process loads so that it ends with its parent, also where that is killed and cannot say so. */
const WITH_PARENT = `--import=${new URL('parent.mjs', import.meta.url).href}`

/** An environment in which every Node process ends with its parent. */
export function withParent(env = process.env) {
  return { ...env, NODE_OPTIONS: [env.NODE_OPTIONS, WITH_PARENT].filter(Boolean).join(' ') }
}

/** Runs a program to its end, with a line now and then while it works; gives its exit code and all that it printed. */
export function runQuietly(program, args, { cwd = process.cwd(), label = program, env = process.env } = {}) {
  return new Promise((resolve, reject) => {
    const begun = Date.now()
    // npm is a .cmd file on Windows, which only a shell can run.
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
 * Runs a Node program in our place, with the same terminal; resolves with its exit code. Signals are passed on to it, and every
 * Node process below it ends when its parent does. `started` gets the child process.
 */
export async function runInstead(args, { cwd = process.cwd(), env = process.env, started } = {}) {
  const child = spawn(process.execPath, args, {
    cwd,
    env: withParent(env),
    stdio: 'inherit',
    // In a process group of its own Ctrl+C in a terminal reaches it once, through us, and not twice.
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
