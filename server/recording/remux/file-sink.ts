import { closeSync, openSync, writeSync } from 'node:fs'
import { BLOCK, Checksum } from './checksum'

/** Writes a new file sequentially and computes its checksum. Blocking: it runs in the remux worker. */
export class FileSink {
  private readonly file: number
  private readonly checksum = new Checksum()
  private block = this.checksum.block
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
      if (this.filled === BLOCK) this.flush()
      const end = Math.min(to, at + BLOCK - this.filled)
      bytes.copy(this.block, this.filled, at, end)
      this.filled += end - at
      at = end
    }
  }

  /** Writes the rest and closes the file. Resolves with the checksum. */
  close(): { size: number; md5: Promise<string> } {
    const md5 = this.checksum.end(this.filled)
    try {
      this.write()
    } finally {
      closeSync(this.file)
    }
    return { size: this.size, md5 }
  }

  /** Closes the file as it is. */
  abandon(): void {
    void this.checksum.end(0)
    closeSync(this.file)
  }

  private flush(): void {
    this.write()
    this.written += this.filled
    this.checksum.next(this.filled)
    this.block = this.checksum.block
    this.filled = 0
  }

  private write(): void {
    // A full disk shortens writes before it rejects them.
    for (let at = 0; at < this.filled;) at += writeSync(this.file, this.block, at, this.filled - at)
  }
}
