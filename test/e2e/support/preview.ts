/** The preview as `npm start` runs it, on ports and data of its own. */
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { freePort } from '../../support/free-port'

const ROOT = path.resolve(__dirname, '../../..')
const START_LIMIT = 60_000

export interface RunningPreview {
  url: string
  dataDir: string
  /** What it has written to its terminal so far. */
  output(): string
  close(): Promise<void>
}

/** Starts it as a process; rejects with its output when it ends instead of listening. */
export async function startPreview(environment: Record<string, string> = {}): Promise<RunningPreview> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'preview-'))
  const [port, rtmpPort] = [await freePort(), await freePort()]
  const process_ = spawn(process.execPath, ['--import', 'tsx', 'preview/main.ts', '--no-open'], {
    cwd: ROOT,
    env: { ...process.env, PORT: String(port), RTMP_PORT: String(rtmpPort), DATA_DIR: dataDir, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const url = `http://127.0.0.1:${port}`
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`the preview does not start:\n${output}`)), START_LIMIT)
    const read = (chunk: Buffer): void => {
      output += chunk.toString()
      if (!output.includes(url)) return
      clearTimeout(timer)
      resolve()
    }
    process_.stdout.on('data', read)
    process_.stderr.on('data', read)
    process_.once('exit', (code) => {
      clearTimeout(timer)
      reject(new Error(`the preview ended with ${code}:\n${output}`))
    })
  })
  return {
    url,
    dataDir,
    output: () => output,
    async close() {
      await end(process_)
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

async function end(running: ChildProcess): Promise<void> {
  if (running.exitCode !== null) return
  const ended = new Promise<void>((resolve) => running.once('exit', () => resolve()))
  running.kill('SIGTERM')
  await ended
}
