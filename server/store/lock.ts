import { join } from 'node:path'
import Database from 'libsql'
import { DatabaseError, explained } from './database'

/** How long to wait for a service that is stopping, ms. */
const PATIENCE = 500

/**
 * Locks a data directory and returns the function that unlocks it; the operating system unlocks it if the process dies. Throws a
 * `DatabaseError` if another service has it: both would end and finish each other's calls.
 */
export function claimDirectory(directory: string): () => void {
  const path = join(directory, 'service.lock')
  let lock: Database.Database | undefined
  try {
    lock = new Database(path, { timeout: PATIENCE })
    lock.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    lock?.close()
    if (!isBusy(error)) throw explained(error, path)
    throw new DatabaseError(
      `The folder ${directory} is in use by another call service. Stop that one, or choose another DATA_DIR.`,
      { cause: error },
    )
  }
  const held = lock
  return () => {
    held.exec('ROLLBACK')
    held.close()
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_BUSY')
}
