/** How a program around the service ends: by a signal, or by what it cannot go on with. */
import { ConfigError } from './config'
import { ListenError } from './media/errors'
import { DatabaseError } from './store/database'

/** Closes at the first SIGINT or SIGTERM; a second one does not wait. */
export function closeOnSignals(close: () => Promise<void>): void {
  let stopping = false
  const stop = (): void => {
    if (stopping) process.exit(1)
    stopping = true
    close().then(() => process.exit(0), fail)
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
}

/** Ends the program. What the user can mend is said in a sentence; anything else with its stack. */
export function fail(error: unknown): void {
  const known = error instanceof ConfigError || error instanceof ListenError || error instanceof DatabaseError
  process.stderr.write(`${known ? error.message : error instanceof Error ? error.stack : String(error)}\n`)
  process.exit(1)
}
