import { join } from 'node:path'
import Database from 'libsql'
import { DatabaseError, explained } from './database'

/** How long a service that is about to stop is waited for, ms. */
const PATIENCE = 500

/**
 * Takes a data directory for this service alone, and gives what lets it go; the operating system does so when the process dies.
 * Throws a `DatabaseError` when another service has it: two would end and finish each other's calls.
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
