import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** It was waited for long enough. */
export class TooLate extends Error {
  override readonly name = 'TooLate'
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Runs a script that does its work by `worker.mjs`, and gives its answer. It has a process of its own, because
 * miniprogram-ci talks about everything, fails in rejections that nobody can catch, and stays alive; and a folder of its
 * own, because it makes folders where it is started and forgets them. Nothing of both is left, also where we are stopped
 * meanwhile. Rejects with `TooLate` after `patience` ms, with all that it said where it ended without an answer.
 */
export async function runCi<Answer>(script: string, orders: object, patience = 0): Promise<Answer> {
  const folder = mkdtempSync(join(tmpdir(), 'miniprogram-ci-'))
  // Windows keeps a folder for a moment after the process in it has ended.
  const discard = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  try {
    writeFileSync(join(folder, 'orders.json'), JSON.stringify(orders))
    const said = await run(join(process.cwd(), script), folder, patience, discard)
    const file = join(folder, 'answer.json')
    if (!existsSync(file)) throw new Error(`miniprogram-ci ended without an answer:\n${said}`)
    const answer: Answer = JSON.parse(readFileSync(file, 'utf8'))
    return answer
  } finally {
    discard()
  }
}

/** Runs it to its end, or to ours; gives what it said. */
function run(script: string, folder: string, timeout: number, discard: () => void): Promise<string> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, TMPDIR: folder, TMP: folder, TEMP: folder }
    const options = { cwd: folder, env, timeout, maxBuffer: 1 << 26 }
    const child = execFile(process.execPath, [script], options, (error, stdout, stderr) => {
      for (const signal of SIGNALS) process.off(signal, stop)
      if (error?.killed === true) reject(new TooLate())
      else resolve(`${stdout}${stderr}`)
    })
    const stop = (signal: NodeJS.Signals): void => {
      for (const name of SIGNALS) process.off(name, stop)
      child.kill('SIGKILL')
      discard()
      process.kill(process.pid, signal)
    }
    for (const signal of SIGNALS) process.on(signal, stop)
  })
}
