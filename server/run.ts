/** Ends a program around the service: by a signal, or by a fatal error. */
import { ConfigError } from './config'
import { ListenError } from './media/errors'
import { DatabaseError } from './store/database'

/**
 * Closes at the first SIGINT, SIGTERM or SIGHUP; a second SIGINT ends at once. A second SIGTERM is ignored: supervisors send it to the
 * whole process group, and the parent process passes it on as well.
 */
export function closeOnSignals(close: () => Promise<void>): void {
  let stopping = false
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping) {
      if (signal === 'SIGINT') process.exit(1)
      return
    }
    stopping = true
    close().then(() => process.exit(0), fail)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
}

/** Ends the program. Errors that the user can fix are printed as one sentence, others with their stack. */
export function fail(error: unknown): void {
  const known = error instanceof ConfigError || error instanceof ListenError || error instanceof DatabaseError
  process.stderr.write(`${known ? error.message : error instanceof Error ? error.stack : String(error)}\n`)
  process.exit(1)
}
