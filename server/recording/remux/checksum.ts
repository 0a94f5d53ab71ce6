import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads'

/** Block size in bytes, and the maximum number of blocks waiting to be hashed. */
export const BLOCK = 1 << 20
const BLOCKS = 4
const THREAD = new URL('../checksum-thread.mjs', import.meta.url)
/** Indices in `counts`: blocks handed over, and blocks that the thread has finished. */
const [HANDED, DONE] = [0, 1]

/**
 * MD5 of a file that is written block by block. For files of more than one block it is computed in a thread of its own, in parallel with the
 * caller. Blocks are reused in turn; if all of them wait for the thread, the caller is blocked.
 */
export class Checksum {
  /** The block to fill next. */
  block: Buffer
  private readonly blocks = Buffer.from(new SharedArrayBuffer(BLOCKS * BLOCK))
  private readonly lengths = new Int32Array(new SharedArrayBuffer(4 * BLOCKS))
  private readonly counts = new Int32Array(new SharedArrayBuffer(8))
  private handed = 0
  private port: MessagePort | null = null

  constructor() {
    this.block = this.blocks.subarray(0, BLOCK)
  }

  /** Hands over the first `length` bytes of `block` and replaces `block` by a free one. */
  next(length: number): void {
    this.port ??= this.start()
    this.hand(length)
    const free = this.handed % BLOCKS
    this.block = this.blocks.subarray(free * BLOCK, (free + 1) * BLOCK)
  }

  /** Hands over the rest. Resolves with the checksum of all blocks in hexadecimal. */
  async end(length: number): Promise<string> {
    const { port } = this
    if (port === null) return createHash('md5').update(this.block.subarray(0, length)).digest('hex')
    const answer = once(port, 'message')
    if (length > 0) this.hand(length)
    // An empty block marks the end.
    this.hand(0)
    const [md5]: unknown[] = await answer
    port.close()
    return String(md5)
  }

  private start(): MessagePort {
    const { port1, port2 } = new MessageChannel()
    const { blocks, lengths, counts } = this
    const workerData = { blocks, lengths, counts, port: port2 }
    new Worker(THREAD, { execArgv: [], workerData, transferList: [port2] }).unref()
    return port1
  }

  private hand(length: number): void {
    this.lengths[this.handed % BLOCKS] = length
    this.handed++
    Atomics.store(this.counts, HANDED, this.handed)
    Atomics.notify(this.counts, HANDED)
    for (let done = 0; (done = Atomics.load(this.counts, DONE)) <= this.handed - BLOCKS;) {
      Atomics.wait(this.counts, DONE, done)
    }
  }
}
