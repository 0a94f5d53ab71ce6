/** Restricts ffmpeg, which decodes data from callers. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** Address space, bytes; CPU time, s; size of files that it may write (0: its output is a pipe); core dumps. */
const LIMITS = ['--as=4294967296', '--cpu=21600', '--fsize=0', '--core=0']
/** Strongest first: no network and resource limits; resource limits. Both tools are part of util-linux. */
const PREFIXES: readonly (readonly string[])[] = [
  ['unshare', '--net', '--user', '--map-root-user', '--', 'prlimit', ...LIMITS],
  ['prlimit', ...LIMITS],
]
/** Variables passed on; the service's environment also holds secrets. */
const PASSED_ON = ['PATH', 'LD_LIBRARY_PATH', 'SystemRoot', 'TMPDIR', 'TEMP']
const ANSWER_TIME = 10_000

let found: Promise<readonly string[]> | null = null

/** Prefix of a command that runs it confined; empty if this machine does not support it. Probed once. */
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
