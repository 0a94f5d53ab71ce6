import type { PlacedFrame } from './audio-grid'
import type { VideoPacket } from './packets'

/** A frame is shown until the next one comes; this only says so for frames that are reordered, ms. */
const NOMINAL_FRAME = 100

interface HeldFrame {
  packet: VideoPacket
  /** When it is decoded and when it is shown, ms. */
  decode: number
  shown: number
}

/**
 * Puts pictures into a form that every player takes: beginning with a key frame after each break, each decoded after
 * the one before, none shown before pictures of an earlier group. One frame is held back, so that the last one can be
 * shown until the file's end.
 */
export class VideoOrder {
  private held: HeldFrame | null = null
  private broken = true
  private decoded = -1
  /** Latest presentation time so far, and that of the groups before the current key frame. */
  private shown = 0
  private floor = 0

  /** What follows cannot refer to what came before. */
  break(): void {
    this.broken = true
  }

  /** Whether a packet can be decoded here. */
  takes({ key }: VideoPacket): boolean {
    return key || !this.broken
  }

  /** The frame that can be written now, if any, for a packet that belongs at `time`, ms. */
  *place(time: number, packet: VideoPacket): Generator<PlacedFrame> {
    if (!this.takes(packet)) return
    this.broken = false
    const decode = Math.max(time, this.decoded + 1)
    if (this.held) yield frameOf(this.held, Math.min(decode - this.held.decode, NOMINAL_FRAME))
    if (packet.key) this.floor = this.shown
    const shown = Math.max(decode + packet.shift, this.floor)
    this.decoded = decode
    this.shown = Math.max(this.shown, shown)
    this.held = { packet, decode, shown }
  }

  /** The last frame, held until the file's end, ms. */
  *finish(end: number): Generator<PlacedFrame> {
    if (this.held) yield frameOf(this.held, Math.max(end - this.held.shown, 0))
    this.held = null
  }
}

function frameOf({ packet, shown }: HeldFrame, duration: number): PlacedFrame {
  return { data: packet.data, key: packet.key, time: shown / 1000, duration: duration / 1000 }
}
