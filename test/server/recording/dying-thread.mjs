/** The finisher's thread, which dies over a participant as often as the file `deaths` in its spool says. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parentPort } from 'node:worker_threads'

await import('../../../server/recording/finisher-thread.mjs')
parentPort.on('message', ({ folder }) => {
  const path = join(folder, 'deaths')
  const [left = 0, way] = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : []
  if (left === 0) return
  writeFileSync(path, JSON.stringify([left - 1, way]))
  if (way === 'exit') process.exit(7)
  if (way === 'hang') for (;;);
  throw new Error('a bug')
})
