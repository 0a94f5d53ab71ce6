/**
 * Replaces the remux worker: dies over a participant as often as the file `deaths` in its spool says, and then answers with one file. It
 * has no imports, so that its many starts are cheap.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parentPort } from 'node:worker_threads'

const whole = (received) => ({ received, written: received, dropped: {}, repaired: {} })

parentPort.on('message', ({ folder }) => {
  const path = join(folder, 'deaths')
  const [left = 0, way] = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : []
  if (left === 0) {
    const uid = Number(basename(folder))
    const files = [{ uid, kind: 'aac' }]
    const frames = { audio: whole(189), video: whole(60) }
    const subject = { uid, account: `user-${uid}` }
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    parentPort.postMessage({ done: { subject, files, source: null, problems: [], spool: 'spent', frames } })
    return
  }
  // At once: the test reads it meanwhile.
  writeFileSync(`${path}.new`, JSON.stringify([left - 1, way]))
  renameSync(`${path}.new`, path)
  if (way === 'exit') process.exit(7)
  if (way === 'hang') for (;;);
  throw new Error('a bug')
})
