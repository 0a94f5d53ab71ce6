/** Finds ffmpeg and runs it with low priority. */
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { open } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { constants, setPriority } from 'node:os'
import type { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { confinedEnvironment, confinement } from './confinement'

/** ffmpeg failed. `detail`: its error output, which may contain file names; `gaveUp`: it ended by itself. */
export class FfmpegError extends Error {
  override readonly name = 'FfmpegError'
  constructor(
    message: string,
    readonly detail: string,
    readonly gaveUp = false,
  ) {
    super(message)
  }
}

const NEEDED = [/^ V\S* libx264 /m, /^ A\S* aac /m]
const ANSWER_TIME = 10_000
/** Timeout without progress, ms. */
export const PATIENCE = 120_000
/** Maximum error output kept, characters. */
const COMPLAINTS = 2_000

/**
 * The first ffmpeg that encodes H.264 and AAC: only `given` if set, otherwise the machine's own, then the npm package's. Null if there is
 * none.
 */
export async function findFfmpeg(given: string | null): Promise<string | null> {
  for (const path of given === null ? ['ffmpeg', packaged()] : [given]) {
    if (path !== null && (await encodes(path))) return path
  }
  return null
}

/** A warning for the operator if there is no ffmpeg, or only the outdated one from npm; null otherwise. */
export function ffmpegWarning(path: string | null): string | null {
  if (path === null) return 'No ffmpeg found: mixed files are not made. Install ffmpeg, or set FFMPEG_PATH.'
  if (path !== packaged()) return null
  return 'Mixed files are made by the npm package of ffmpeg from 2018, which has known vulnerabilities. Install a current ffmpeg, or set FFMPEG_PATH.'
}

function packaged(): string | null {
  try {
    // Optional package: not available for every platform.
    const found: unknown = createRequire(import.meta.url)('@ffmpeg-installer/ffmpeg')
    const path = typeof found === 'object' && found !== null && 'path' in found ? found.path : null
    return typeof path === 'string' ? path : null
  } catch {
    return null
  }
}

async function encodes(path: string): Promise<boolean> {
  try {
    const options = { timeout: ANSWER_TIME, killSignal: 'SIGKILL', maxBuffer: 1 << 20 } as const
    const { stdout } = await promisify(execFile)(path, ['-hide_banner', '-encoders'], options)
    return NEEDED.every((encoder) => encoder.test(stdout))
  } catch {
    return false
  }
}

export interface FfmpegRun {
  ffmpeg: string
  args: readonly string[]
  /** Called with chunks of standard output. */
  target: string
  /** Maximum output, bytes. */
  limit: number
  signal: AbortSignal
  /** Awaited before more output is read; ffmpeg blocks meanwhile. */
  turn: () => Promise<void>
  /** Progress: seconds of output. */
  onProgress: (seconds: number) => void
}

/** Result of a successful run. */
export interface FfmpegReport {
  /** Number of video frames. */
  frames: number
  /** Bytes of output. */
  bytes: number
  /** Decoding errors from standard error; empty if there were none. */
  complaints: string
}

/** Rejects with an `FfmpegError` if ffmpeg fails or is stuck, and with the signal's reason if aborted. */
export async function runFfmpeg(run: FfmpegRun): Promise<FfmpegReport> {
  const { ffmpeg, args, target, limit, signal, turn, onProgress } = run
  signal.throwIfAborted()
  const file = await open(target, 'w')
  const [program = ffmpeg, ...words] = [...(await confinement()), ffmpeg, ...args]
  const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'], env: confinedEnvironment() })
  const kill = (): void => {
    child.kill('SIGKILL')
    // If it is a script, its child keeps the pipes open and ends when nobody reads.
    child.stdout.destroy()
    child.stderr.destroy()
  }
  signal.addEventListener('abort', kill)
  const watch = new Watch(kill)
  let complaints = ''
  const failure = (message: string, gaveUp = false): FfmpegError => new FfmpegError(message, complaints, gaveUp)
  try {
    const ended = exitOf(child)
    yieldToOthers(child)
    let [furthest, frames] = [0, 0]
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      // Despite its name the value is in microseconds.
      const done = Number([...text.matchAll(/^out_time_ms=(\d+)$/gm)].at(-1)?.[1] ?? 0)
      if (done > furthest) {
        furthest = done
        watch.alive()
        onProgress(done / 1e6)
      }
      frames = Number([...text.matchAll(/^frame=\s*(\d+)$/gm)].at(-1)?.[1] ?? frames)
      complaints = (complaints + text.replaceAll(/^[a-z_0-9]+=.*\n?/gm, '')).slice(-COMPLAINTS)
    })
    let written = 0
    for await (const bytes of piecesOf(child.stdout)) {
      watch.pause()
      written += bytes.length
      if (written > limit) throw failure('ffmpeg wrote too much output')
      await file.writeFile(bytes)
      await turn()
      signal.throwIfAborted()
      watch.alive()
    }
    const outcome = await ended
    signal.throwIfAborted()
    if (watch.bit) throw failure('ffmpeg was stuck')
    if (outcome !== 'code 0') throw failure(`ffmpeg ended with ${outcome}`, outcome.startsWith('code'))
    return { frames, bytes: written, complaints: complaints.trim() }
  } finally {
    watch.pause()
    signal.removeEventListener('abort', kill)
    kill()
    await file.close()
  }
}

/** Also resolves if the output is cut off; the exit status tells why. */
async function* piecesOf(output: Readable): AsyncGenerator<Buffer> {
  try {
    for await (const piece of output) if (Buffer.isBuffer(piece)) yield piece
  } catch (error) {
    if (!output.destroyed) throw error
  }
}

/** Never rejects: an exit code, a signal, or the error of starting it. */
async function exitOf(child: ChildProcess): Promise<string> {
  return await new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('close', (code, signal) => resolve(signal === null ? `code ${code}` : `signal ${signal}`))
  })
}

function yieldToOthers({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_LOW)
  } catch {
    // Already ended, or not permitted: it keeps the service's priority.
  }
}

/** Timer that fires without a sign of life. */
class Watch {
  bit = false
  private timer: NodeJS.Timeout | undefined

  constructor(private readonly bite: () => void) {
    this.alive()
  }

  alive(): void {
    this.pause()
    this.timer = setTimeout(() => {
      this.bit = true
      this.bite()
    }, PATIENCE)
  }

  pause(): void {
    clearTimeout(this.timer)
  }
}
