import type { Tracks } from './flv'

export type TagKind = 'audio-config' | 'video-config' | 'audio' | 'video'

const FILE_HEADER = 13
const TAG_HEADER = 11
/** The tag header, and the two bytes that distinguish configuration and frame. */
const PEEK = TAG_HEADER + 2

/** Parses passing FLV data to find the actual tracks. Reads tag headers only. */
export class FlvWatch {
  readonly seen: Tracks = { audio: false, video: false }
  private skip = FILE_HEADER
  private readonly head = new Uint8Array(PEEK)
  private held = 0

  constructor(private readonly onTag: (kind: TagKind, size: number) => void) {}

  push(bytes: Uint8Array): void {
    let at = 0
    while (at < bytes.length) {
      if (this.skip > 0) {
        const step = Math.min(this.skip, bytes.length - at)
        this.skip -= step
        at += step
        continue
      }
      const step = Math.min(PEEK - this.held, bytes.length - at)
      this.head.set(bytes.subarray(at, at + step), this.held)
      this.held += step
      at += step
      if (this.held === PEEK) this.tag()
    }
  }

  private tag(): void {
    const [type = 0, high = 0, middle = 0, low = 0] = this.head
    const size = (high << 16) | (middle << 8) | low
    this.held = 0
    this.skip = Math.max(0, TAG_HEADER + size + 4 - PEEK)
    const isConfig = this.head[TAG_HEADER + 1] === 0
    if ((type & 0x1f) === 8) {
      this.seen.audio = true
      this.onTag(isConfig ? 'audio-config' : 'audio', size)
    } else if ((type & 0x1f) === 9) {
      this.seen.video = true
      this.onTag(isConfig ? 'video-config' : 'video', size)
    }
  }
}
