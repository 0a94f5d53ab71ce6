import type { Writable } from 'node:stream'

/** How long a peer may take to read the last message, ms. */
export const GRACE = 300

/** Closes a connection after pending data was sent, or after `GRACE` if the peer does not read. */
export function endSoon(connection: Writable): void {
  if (connection.destroyed) return
  const timer = setTimeout(() => connection.destroy(), GRACE)
  connection.once('close', () => clearTimeout(timer))
  connection.end()
}
