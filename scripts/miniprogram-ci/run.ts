import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The timeout was reached. */
export class TooLate extends Error {
  override readonly name = 'TooLate'
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Runs a script that uses `worker.mjs`, and returns its answer. It has its own process, because miniprogram-ci logs a lot, has unhandled
 * rejections and does not exit; and its own folder, because it creates folders in the current one. Both are removed, also if this process
 * is stopped. Rejects with `TooLate` after `patience` ms, and with the output if there was no answer.
 */
export async function runCi<Answer>(script: string, orders: object, patience = 0): Promise<Answer> {
  const folder = mkdtempSync(join(tmpdir(), 'miniprogram-ci-'))
  // Windows keeps a folder busy for a moment after its process has ended.
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

/** Runs it until it ends, or this process does; returns its output. */
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
