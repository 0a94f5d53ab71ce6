import { randomBytes } from 'node:crypto'
import { BadInput } from './errors'

const VERSION = 3
const SIZE = 1536

/** The server's side of the simple RTMP handshake. */
export class Handshake {
  private bytes: Buffer = Buffer.alloc(0)
  private greeted = false

  /** Takes input and sends the answers. Returns the input after the handshake once it is complete. */
  read(data: Buffer, answer: (bytes: Buffer) => void): Buffer | null {
    this.bytes = Buffer.concat([this.bytes, data])
    if (!this.greeted) {
      const version = this.bytes[0]
      if (version !== undefined && version !== VERSION) throw new BadInput(`RTMP: version ${version}, not ${VERSION}`)
      if (this.bytes.length < 1 + SIZE) return null
      answer(Buffer.concat([Buffer.of(VERSION), greeting(), this.bytes.subarray(1, 1 + SIZE)]))
      this.bytes = this.bytes.subarray(1 + SIZE)
      this.greeted = true
    }
    return this.bytes.length < SIZE ? null : this.bytes.subarray(SIZE)
  }
}

/** S1. Time and version are zero: no digest, which only Flash Player required. */
function greeting(): Buffer {
  const bytes = randomBytes(SIZE)
  bytes.fill(0, 0, 8)
  return bytes
}
