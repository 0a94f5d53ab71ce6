import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface RunningProgram {
  /** `http://127.0.0.1:<port>` */
  url: string
  /** Null if the program does not print it. */
  rtmpPort: number | null
  pid: number
  close(): Promise<void>
}

const START_LIMIT = 60_000
const GREETING = /(http:\/\/127\.0\.0\.1:\d+)(?: \(RTMP port (\d+)\))?/

/**
 * Runs one of the project's programs in its own process, on free ports and with an empty data directory. Rejects with its output if it does
 * not start.
 */
export async function startProgram(program: 'server/main.ts' | 'preview/main.ts'): Promise<RunningProgram> {
  const dataDir = mkdtempSync(join(tmpdir(), 'bench-'))
  const args = program === 'preview/main.ts' ? [program, '--no-open'] : [program]
  const child = spawn(process.execPath, ['--import', 'tsx', ...args], {
    env: { ...process.env, PORT: '0', RTMP_PORT: '0', DATA_DIR: dataDir, LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const close = async (): Promise<void> => {
    await endProcess(child)
    rmSync(dataDir, { recursive: true, force: true })
  }
  try {
    return { ...(await greeting(child, program)), pid: child.pid ?? 0, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Ends a process and waits for it. */
export function endProcess(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve()
    child.once('exit', () => resolve())
    child.kill('SIGTERM')
  })
}

function greeting(child: ChildProcess, program: string): Promise<{ url: string; rtmpPort: number | null }> {
  let said = ''
  return new Promise((resolve, reject) => {
    const fail = (reason: string): void => reject(new Error(`${program} ${reason}:\n${said}`))
    const timer = setTimeout(() => fail(`does not come up within ${START_LIMIT / 1000} s`), START_LIMIT)
    const read = (chunk: Buffer): void => {
      said = (said + chunk.toString()).slice(-10_000)
      const [, url, rtmpPort] = GREETING.exec(said) ?? []
      if (url === undefined) return
      clearTimeout(timer)
      resolve({ url, rtmpPort: rtmpPort === undefined ? null : Number(rtmpPort) })
    }
    child.stdout?.on('data', read)
    child.stderr?.on('data', read)
    child.once('exit', (code) => {
      clearTimeout(timer)
      fail(`ended with ${code}`)
    })
  })
}
