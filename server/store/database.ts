import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'libsql'
import { MIGRATIONS } from './migrations'

export type Connection = Database.Database

/** The database cannot be used. The message names the reason and what to do. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError'
}

const BUSY_TIMEOUT = 2_000

/** Opens the database at `path`, creates it if missing, and migrates its schema. Throws a `DatabaseError`. */
export function openDatabase(path: string): Connection {
  let connection: Connection | undefined
  try {
    mkdirSync(dirname(path), { recursive: true })
    connection = new Database(path, { timeout: BUSY_TIMEOUT })
    connection.pragma('journal_mode = WAL')
    connection.pragma('synchronous = NORMAL')
    connection.pragma('foreign_keys = ON')
    migrate(connection, path)
    return connection
  } catch (error) {
    connection?.close()
    throw error instanceof DatabaseError ? error : explained(error, path)
  }
}

function migrate(connection: Connection, path: string): void {
  connection
    .transaction(() => {
      const row: unknown = connection.prepare('PRAGMA user_version').get()
      const version = row && typeof row === 'object' && 'user_version' in row ? Number(row.user_version) : 0
      if (version > MIGRATIONS.length) {
        throw new DatabaseError(
          `The database ${path} is of a newer version of the service (schema ${version}, this one knows ${MIGRATIONS.length}). ` +
            'Start that version, or choose another DATA_DIR.',
        )
      }
      for (const step of MIGRATIONS.slice(version)) connection.exec(step)
      connection.exec(`PRAGMA user_version = ${MIGRATIONS.length}`)
    })
    .immediate()
}

/** SQLite's error as a sentence with advice. */
export function explained(error: unknown, path: string): DatabaseError {
  const message = error instanceof Error ? error.message : String(error)
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code.startsWith('SQLITE_NOTADB') || code.startsWith('SQLITE_CORRUPT')) {
    return new DatabaseError(
      `The database ${path} is damaged (${message}). Move it away to start with an empty one, or put a backup in its place.`,
      { cause: error },
    )
  }
  if (code.startsWith('SQLITE_BUSY')) {
    return new DatabaseError(
      `The database ${path} is in use by another program (${message}). Stop the other service, or choose another DATA_DIR.`,
      { cause: error },
    )
  }
  return new DatabaseError(
    `The database ${path} cannot be opened (${message}). Is DATA_DIR a folder that may be written?`,
    { cause: error },
  )
}
