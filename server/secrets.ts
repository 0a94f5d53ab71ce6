import { randomBytes } from 'node:crypto'
import type { Store } from './store/types'

/** A random secret of this name, created at first use and kept in the database, so that signatures survive a restart. */
export function keptSecret(store: Store, name: string): string {
  const kept = store.setting(name)
  if (kept !== undefined) return kept
  const made = randomBytes(32).toString('hex')
  store.setSetting(name, made)
  return made
}
