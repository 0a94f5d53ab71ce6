import type { AacConfig } from '../media/codec/aac'

export interface PlacedFrame {
  data: Buffer
  key: boolean
  /** Presentation time and length in the file, seconds. */
  time: number
  duration: number
}

/**
 * AAC frames follow each other without gaps and, in an .aac file, without time stamps. So a frame's place is its
 * number: silence is put where nothing came. What is heard stays within a frame of its time.
 */
export class AudioGrid {
  private frames = 0

  constructor(private readonly config: AacConfig) {}

  /** The frames to write for one that belongs at `time`, ms: silence up to it, and itself. */
  *place(time: number, data: Buffer): Generator<PlacedFrame> {
    const late = time - this.filled
    if (late > this.config.frameLength / 2) yield* this.silence(Math.round(late / this.config.frameLength))
    yield this.next(data)
  }

  /** Silence up to the file's end, ms. */
  *fill(end: number): Generator<PlacedFrame> {
    yield* this.silence(Math.round((end - this.filled) / this.config.frameLength))
  }

  private get filled(): number {
    return this.frames * this.config.frameLength
  }

  private *silence(count: number): Generator<PlacedFrame> {
    for (let left = count; left > 0; left--) yield this.next(this.config.silence)
  }

  private next(data: Buffer): PlacedFrame {
    const duration = this.config.frameLength / 1000
    return { data, key: true, time: this.frames++ * duration, duration }
  }
}
