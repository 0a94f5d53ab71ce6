/**
 * The thread of a `Checksum`, which shares its `workerData` with it. In JavaScript: it starts in a few milliseconds, and with tsx it would take
 * longer than it saves.
 */
import { createHash } from 'node:crypto'
import { workerData } from 'node:worker_threads'

const [HANDED, DONE] = [0, 1]
const { blocks, lengths, counts, port } = workerData
const size = blocks.length / lengths.length
const hash = createHash('md5')

for (let number = 0; ; number++) {
  Atomics.wait(counts, HANDED, number)
  const slot = number % lengths.length
  const length = lengths[slot]
  if (length === 0) port.postMessage(hash.digest('hex'))
  else hash.update(blocks.subarray(slot * size, slot * size + length))
  Atomics.add(counts, DONE, 1)
  Atomics.notify(counts, DONE)
  if (length === 0) break
}
