import type { Writable } from 'node:stream'

/** How long a peer may take to read the last words meant for it, ms. */
export const GRACE = 300

/** Ends a connection so that what was written still arrives, but never waits for a peer that does not read. */
export function endSoon(connection: Writable): void {
  if (connection.destroyed) return
  const timer = setTimeout(() => connection.destroy(), GRACE)
  connection.once('close', () => clearTimeout(timer))
  connection.end()
}
