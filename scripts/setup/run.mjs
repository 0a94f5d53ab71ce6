import { spawn } from 'node:child_process'
import { say } from './say.mjs'

const STILL_AT_IT = 10_000

/** Runs a program to its end, with a line now and then while it works; gives its exit code and all that it printed. */
export function runQuietly(program, args, { cwd = process.cwd(), label = program, env = process.env } = {}) {
  return new Promise((resolve, reject) => {
    const begun = Date.now()
    // npm is a .cmd file on Windows, which only a shell can run.
    const child = spawn(program, args, {
      cwd,
      env,
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

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP']

/** Runs a Node program in our place: same terminal, signals passed on; resolves with its exit code. */
export function runInstead(args, { cwd = process.cwd(), env = process.env } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd, env, stdio: 'inherit' })
    const forward = (signal) => child.kill(signal)
    for (const signal of SIGNALS) process.on(signal, forward)
    child.on('error', reject)
    child.on('close', (code, signal) => {
      for (const name of SIGNALS) process.off(name, forward)
      resolve(signal === null ? (code ?? 1) : 1)
    })
  })
}
