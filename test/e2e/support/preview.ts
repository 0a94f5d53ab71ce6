/** The preview as in `npm start`, with its own ports and data. */
import { spawn, type ChildProcess } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { freePort } from '../../support/free-port'
import { PATIENCE } from '../../support/real-time'

const ROOT = path.resolve(__dirname, '../../..')

export interface RunningPreview {
  url: string
  dataDir: string
  /** Its terminal output so far. */
  output(): string
  /** Kills the process like a power failure, and starts another one on the same ports and data. */
  restart(): Promise<void>
  close(): Promise<void>
}

/** Starts it as a process; rejects with its output if it ends. `like`: the data of another one that has bundled the packages already. */
export async function startPreview(environment: Record<string, string> = {}, like?: string): Promise<RunningPreview> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'preview-'))
  if (like !== undefined) cpSync(path.join(like, 'vite'), path.join(dataDir, 'vite'), { recursive: true })
  const [port, rtmpPort] = [await freePort(), await freePort()]
  const env = { ...process.env, PORT: String(port), RTMP_PORT: String(rtmpPort), DATA_DIR: dataDir, ...environment }
  const url = `http://127.0.0.1:${port}`
  let running = await launch(env, url)
  return {
    url,
    dataDir,
    output: () => running.output(),
    async restart() {
      await end(running.process, 'SIGKILL')
      running = await launch(env, url)
    },
    async close() {
      await end(running.process, 'SIGTERM')
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

async function launch(env: NodeJS.ProcessEnv, url: string): Promise<{ process: ChildProcess; output: () => string }> {
  // Ends with this process, even if that is killed.
  const args = ['--import', './scripts/setup/parent.mjs', '--import', 'tsx', 'preview/main.ts', '--no-open']
  const launched = spawn(process.execPath, args, {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  await new Promise<void>((resolve, reject) => {
    const fail = (what: string): void => {
      clearTimeout(timer)
      launched.kill('SIGKILL')
      reject(new Error(`${what}:\n${output}`))
    }
    const timer = setTimeout(() => fail('the preview does not start'), PATIENCE)
    const read = (chunk: Buffer): void => {
      output += chunk.toString()
      if (!output.includes(url)) return
      clearTimeout(timer)
      resolve()
    }
    launched.stdout.on('data', read)
    launched.stderr.on('data', read)
    launched.once('exit', (code) => fail(`the preview ended with ${code}`))
  })
  return { process: launched, output: () => output }
}

async function end(running: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (running.exitCode !== null || running.signalCode !== null) return
  const ended = new Promise<void>((resolve) => running.once('exit', () => resolve()))
  running.kill(signal)
  await ended
}
