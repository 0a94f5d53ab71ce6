/** Finds ffmpeg and runs it with low priority. */
import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { promisify } from 'node:util'
import { confinement } from './confinement'
import type { FfmpegProcess } from './ffmpeg-process'

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
  process: FfmpegProcess
  ffmpeg: string
  args: readonly string[]
  /** File for the output. */
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
  /** Length of the output. */
  seconds: number
  /** Decoding errors from standard error; empty if there were none. */
  complaints: string
}

/** Rejects with an `FfmpegError` if ffmpeg fails or is stuck, and with the signal's reason if aborted. */
export async function runFfmpeg({
  process,
  ffmpeg,
  args,
  target,
  limit,
  signal,
  turn,
  onProgress,
}: FfmpegRun): Promise<FfmpegReport> {
  signal.throwIfAborted()
  const command = [...(await confinement()), ffmpeg, ...args]
  const ending = new AbortController()
  const kill = (): void => ending.abort()
  signal.addEventListener('abort', kill)
  const watch = new Watch(kill)
  let [furthest, frames, written, complaints] = [0, 0, 0, '']
  const failure = (message: string, gaveUp = false): FfmpegError => new FfmpegError(message, complaints, gaveUp)
  const onError = (text: string): void => {
    // Despite its name the value is in microseconds.
    const done = Number([...text.matchAll(/^out_time_ms=(\d+)$/gm)].at(-1)?.[1] ?? 0)
    if (done > furthest) {
      furthest = done
      watch.alive()
      onProgress(done / 1e6)
    }
    frames = Number([...text.matchAll(/^frame=\s*(\d+)$/gm)].at(-1)?.[1] ?? frames)
    complaints = (complaints + text.replaceAll(/^[a-z_0-9]+=.*\n?/gm, '')).slice(-COMPLAINTS)
  }
  const onOutput = async (bytes: number): Promise<void> => {
    watch.pause()
    written += bytes
    if (written > limit) return kill()
    await turn()
    watch.alive()
  }
  try {
    const outcome = await process.run({ command, target, signal: ending.signal, onError, onOutput })
    signal.throwIfAborted()
    if (written > limit) throw failure('ffmpeg wrote too much output')
    if (watch.bit) throw failure('ffmpeg was stuck')
    if (outcome !== 'code 0') throw failure(`ffmpeg ended with ${outcome}`, outcome.startsWith('code'))
    return { frames, bytes: written, seconds: furthest / 1e6, complaints: complaints.trim() }
  } finally {
    watch.pause()
    signal.removeEventListener('abort', kill)
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
