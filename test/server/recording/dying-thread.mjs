/**
 * In the remux worker's place: dies over a participant as often as the file `deaths` in its spool says, and then answers
 * that there is one file. It loads nothing, so that its many starts cost little.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parentPort } from 'node:worker_threads'

parentPort.on('message', ({ folder }) => {
  const path = join(folder, 'deaths')
  const [left = 0, way] = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : []
  if (left === 0) {
    const files = [{ uid: Number(basename(folder)), kind: 'aac' }]
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    parentPort.postMessage({ done: { subject: null, files, source: null, problems: [], spool: 'spent' } })
    return
  }
  writeFileSync(path, JSON.stringify([left - 1, way]))
  if (way === 'exit') process.exit(7)
  if (way === 'hang') for (;;);
  throw new Error('a bug')
})
