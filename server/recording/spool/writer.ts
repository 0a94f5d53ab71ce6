import { mkdir, open, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { reasonOf } from '../reason'

/** Maximum loss if the process is killed, ms. */
const FLUSH_INTERVAL = 200
const BATCH_SIZE = 64 << 10
/** Maximum bytes waiting for the disk: about a minute of an ordinary call. */
const QUEUE_LIMIT = 8 << 20

export class SpoolError extends Error {
  override readonly name = 'SpoolError'
}

/**
 * An append-only file. `append` never waits and never throws: data is written in order, in batches, one write at a time. The first failure
 * ends the file; `onFailure` is called once.
 */
export class SpoolWriter {
  private queue: Buffer[] = []
  /** Bytes not on disk yet, including the current write. */
  private waiting = 0
  private file: FileHandle | null = null
  private timer: NodeJS.Timeout | null = null
  private writing: Promise<void> | null = null
  private state: 'open' | 'closing' | 'failed' = 'open'

  constructor(
    private readonly path: string,
    private readonly onFailure: (error: SpoolError) => void,
  ) {}

  append(bytes: Buffer): void {
    if (this.state !== 'open') return
    if (this.waiting + bytes.length > QUEUE_LIMIT) {
      this.fail(`the disk is too slow: ${this.waiting} bytes are waiting to be written`)
      return
    }
    this.queue.push(bytes)
    this.waiting += bytes.length
    if (this.waiting >= BATCH_SIZE) this.flush()
    else this.timer ??= setTimeout(() => this.flush(), FLUSH_INTERVAL)
  }

  /** Resolves when everything is written or has failed, and the file is closed. */
  async close(): Promise<void> {
    if (this.state === 'open') this.state = 'closing'
    do {
      this.flush()
      await this.writing
    } while (this.queue.length > 0)
    await this.file?.close().catch(() => undefined)
    this.file = null
  }

  private flush(): void {
    if (this.timer) clearTimeout(this.timer)
    this.timer = null
    this.writing ??= this.drain().finally(() => (this.writing = null))
  }

  private async drain(): Promise<void> {
    try {
      while (this.queue.length > 0) {
        const batch = Buffer.concat(this.queue)
        this.queue = []
        this.file ??= await this.create()
        await this.file.writeFile(batch)
        this.waiting -= batch.length
      }
    } catch (error) {
      this.fail(reasonOf(error))
    }
  }

  private async create(): Promise<FileHandle> {
    await mkdir(dirname(this.path), { recursive: true })
    return await open(this.path, 'wx')
  }

  private fail(reason: string): void {
    if (this.state === 'failed') return
    this.state = 'failed'
    this.queue = []
    this.onFailure(new SpoolError(reason))
  }
}
