import { createHash } from 'node:crypto'
import { closeSync, openSync, writeSync } from 'node:fs'

/** Bytes that are gathered before they are written. */
const WRITE_SIZE = 1 << 20

/**
 * A new file that is written from its beginning to its end, with its checksum. It blocks: for the remux worker, which does nothing else
 * meanwhile.
 */
export class FileSink {
  private readonly file: number
  private readonly hash = createHash('md5')
  private readonly buffer = Buffer.allocUnsafeSlow(WRITE_SIZE)
  private filled = 0
  private written = 0

  constructor(path: string) {
    this.file = openSync(path, 'w')
  }

  /** Bytes so far. */
  get size(): number {
    return this.written + this.filled
  }

  /** Appends a copy of the bytes, or of a range of them. */
  put(bytes: Buffer, from = 0, to = bytes.length): void {
    for (let at = from; at < to;) {
      if (this.filled === WRITE_SIZE) this.flush()
      const end = Math.min(to, at + WRITE_SIZE - this.filled)
      bytes.copy(this.buffer, this.filled, at, end)
      this.filled += end - at
      at = end
    }
  }

  /** Writes the rest and closes the file. */
  close(): { size: number; md5: string } {
    try {
      this.flush()
    } finally {
      closeSync(this.file)
    }
    return { size: this.written, md5: this.hash.digest('hex') }
  }

  /** Closes the file as it is. */
  abandon(): void {
    closeSync(this.file)
  }

  private flush(): void {
    this.hash.update(this.buffer.subarray(0, this.filled))
    // A full disk cuts writes short before it refuses them.
    for (let at = 0; at < this.filled;) at += writeSync(this.file, this.buffer, at, this.filled - at)
    this.written += this.filled
    this.filled = 0
  }
}
