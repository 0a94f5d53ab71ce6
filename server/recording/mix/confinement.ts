/** What keeps ffmpeg, which decodes callers' bytes, from everything that it does not need. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/**
 * Memory that it may map, bytes; CPU time, s; files that it may write to (none: its output is a pipe). A mix of nine members in 720p maps
 * about one GB.
 */
const LIMITS = ['--as=4294967296', '--cpu=21600', '--fsize=0', '--core=0']
/** From the strongest to none: without a network and within limits, within limits, free. Both tools belong to util-linux. */
const PREFIXES: readonly (readonly string[])[] = [
  ['unshare', '--net', '--user', '--map-root-user', '--', 'prlimit', ...LIMITS],
  ['prlimit', ...LIMITS],
]
/** Of the service's environment, which holds its secrets. */
const PASSED_ON = ['PATH', 'LD_LIBRARY_PATH', 'SystemRoot', 'TMPDIR', 'TEMP']
const ANSWER_TIME = 10_000

let found: Promise<readonly string[]> | null = null

/** The command line that runs a program confined, as far as this machine can; empty where it cannot. Looked up once. */
export async function confinement(): Promise<readonly string[]> {
  return await (found ??= strongest())
}

/** The environment of a confined program. */
export function confinedEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    PASSED_ON.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  )
}

async function strongest(): Promise<readonly string[]> {
  for (const prefix of process.platform === 'linux' ? PREFIXES : []) if (await works(prefix)) return prefix
  return []
}

/** Containers often forbid namespaces. */
async function works([program = '', ...words]: readonly string[]): Promise<boolean> {
  try {
    await promisify(execFile)(program, [...words, 'true'], { timeout: ANSWER_TIME, killSignal: 'SIGKILL' })
    return true
  } catch {
    return false
  }
}
