import type { AudioPacket, VideoPacket } from './packets'

type Frame = AudioPacket | VideoPacket
export interface PausePacket {
  kind: 'pause'
  /** ms */
  length: number
  /** Its time stamps claim more than the call had time for; the rest is left out. */
  cut: boolean
}

/** A step of the time stamps beyond this is a pause, ms. */
const SHORTEST_PAUSE = 1_000
/** One beyond this may be damage, ms. */
const OUTLIER = 15_000
/** So many frames in a row must agree on it before it is believed. */
const WITNESSES = 8

/**
 * Puts a segment's frames into an order of time that can be true: never backwards within a track, without jumps that the
 * next frames take back, and with no more pauses, all together, than the call had time for. Silence fills pauses, so
 * this is what bounds a file that damage, or a publisher who lies, could else make endless.
 */
export class TimeOrder {
  private readonly latest = { audio: -Infinity, video: -Infinity }
  private suspects: Frame[] = []
  /** Of the pauses left out so far, ms: what follows comes so much earlier. */
  private shift = 0

  /** `allowed`: how long all pauses together can be, ms. */
  constructor(private allowed: number) {}

  *place(frame: Frame): Generator<Frame | PausePacket> {
    const { reached } = this
    if (!Number.isFinite(reached) || frame.timestamp - this.shift <= reached + OUTLIER) {
      this.suspects = []
      yield* this.put(frame)
      return
    }
    const before = this.suspects.at(-1)
    if (before && Math.abs(frame.timestamp - before.timestamp) > OUTLIER) this.suspects = []
    this.suspects.push(frame)
    if (this.suspects.length === WITNESSES) yield* this.rest()
  }

  /** The frames behind a jump that nothing contradicted; one alone is taken for damage. */
  *rest(): Generator<Frame | PausePacket> {
    const agreed = this.suspects.length > 1 ? this.suspects : []
    this.suspects = []
    for (const frame of agreed) yield* this.put(frame)
  }

  /** Where the segment ends, for a time stamp that its publisher sent last, ms. */
  end(timestamp: number): number {
    return Math.min(timestamp - this.shift, this.reached + this.allowed)
  }

  private get reached(): number {
    return Math.max(this.latest.audio, this.latest.video)
  }

  private *put(frame: Frame): Generator<Frame | PausePacket> {
    const pause = frame.timestamp - this.shift - this.reached
    if (Number.isFinite(pause) && pause > SHORTEST_PAUSE) {
      const length = Math.min(pause, this.allowed)
      this.allowed -= length
      this.shift += pause - length
      yield { kind: 'pause', length, cut: length < pause }
    }
    frame.timestamp = this.latest[frame.kind] = Math.max(frame.timestamp - this.shift, this.latest[frame.kind])
    yield frame
  }
}
