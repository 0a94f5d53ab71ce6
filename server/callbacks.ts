/**
 * `npm run callbacks`: lists the outbox and sends given-up events again. Works on the database of DATA_DIR, beside a running service (which
 * polls the queue every 2 s) or without one.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ConfigError, readConfig } from './config'
import { fail } from './run'
import { openStore } from './store/store'
import type { OutboxRow, Store } from './store/types'

const USAGE = `Usage:
  npm run callbacks -- list              what waits or was given up
  npm run callbacks -- list <call>       every event of one call
  npm run callbacks -- resend <id>       sends one event again that was given up
  npm run callbacks -- resend <call>     … all of one call
  npm run callbacks -- resend all        … all there are
Options as the service has them: --data-dir ./data`
const SHOWN = 200

const CALL = /^\d{1,16}$/
const ID = /^\d{1,16}-[\w-]+$/

/** The command's output. Throws a `ConfigError` for unknown arguments and if nothing is found. */
export function runCallbacks(args: readonly string[], environment: NodeJS.ProcessEnv): string {
  const [command, ...rest] = args
  const [target] = rest[0]?.startsWith('--') ? [] : rest
  const { dataDir } = readConfig(environment, target === undefined ? rest : rest.slice(1))
  const run = commandOf(command, target)
  const path = join(dataDir, 'calls.db')
  if (!existsSync(path))
    throw new ConfigError(`DATA_DIR: there is no database in ${dataDir}. Name the service's folder.`)
  const store = openStore(path)
  try {
    return run(store)
  } finally {
    store.close()
  }
}

function commandOf(command: string | undefined, target: string | undefined): (store: Store) => string {
  if (command === 'list' && target === undefined)
    return (store) => table(store.outboxWhere(['waiting', 'failed'], SHOWN))
  if (command === 'list' && CALL.test(target ?? '')) return (store) => table(store.outbox(Number(target)))
  if (command === 'resend' && target === 'all') return (store) => resend(store, {})
  if (command === 'resend' && CALL.test(target ?? '')) return (store) => resend(store, { cid: Number(target) })
  if (command === 'resend' && target !== undefined && ID.test(target))
    return (store) => resend(store, { callbackId: target })
  throw new ConfigError(USAGE)
}

function resend(store: Store, which: { cid?: number; callbackId?: string }): string {
  const count = store.requeueFailed(which, Date.now())
  if (count === 0) throw new ConfigError('Nothing to send again: no such callback was given up.')
  const what = count === 1 ? '1 callback is' : `${count} callbacks are`
  return `${what} in the queue again. A running service sends them within seconds; else they go out at its next start.`
}

function table(rows: readonly OutboxRow[]): string {
  if (rows.length === 0) return 'No callback is waiting or was given up.'
  const lines = rows.map(({ callbackId, eventType, state, attempts, nextAttemptAt, sentAt, lastError }) => [
    callbackId,
    eventType,
    state,
    String(attempts),
    time(state === 'waiting' ? nextAttemptAt : sentAt),
    lastError ?? '',
  ])
  const all = [['id', 'type', 'state', 'tries', 'sent or next', 'last problem'], ...lines]
  const widths = all[0]?.map((_, column) => Math.max(...all.map((line) => line[column]?.length ?? 0))) ?? []
  return all
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function time(ms: number | null): string {
  return ms === null ? '' : new Date(ms).toISOString().replace('T', ' ').slice(0, 19)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    process.stdout.write(`${runCallbacks(process.argv.slice(2), process.env)}\n`)
  } catch (error) {
    fail(error)
  }
}
