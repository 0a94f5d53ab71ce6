/** How a program around the service ends: by a signal, or by what it cannot go on with. */
import { ConfigError } from './config'
import { ListenError } from './media/errors'
import { DatabaseError } from './store/database'

/**
 * Closes at the first SIGINT, SIGTERM or SIGHUP; a second SIGINT does not wait for it. A second SIGTERM is no sign of impatience: a
 * supervisor sends it to a whole process group, and whatever started this process passes it on as well.
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

/** Ends the program. What the user can mend is said in a sentence; anything else with its stack. */
export function fail(error: unknown): void {
  const known = error instanceof ConfigError || error instanceof ListenError || error instanceof DatabaseError
  process.stderr.write(`${known ? error.message : error instanceof Error ? error.stack : String(error)}\n`)
  process.exit(1)
}
