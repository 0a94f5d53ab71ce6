/** Camera frames → H.264 at a constant rate. Without a camera, a still picture twice a second keeps the stream alive. */
import { MediaClock } from './clock'
import { PLAIN, Retouch, stillFrame, type Look } from './retouch'
import { readVideo } from './track-reader'

export interface VideoSettings {
  width: number
  height: number
  fps: number
  /** Bits per second. */
  bitrate: number
}
interface VideoOutput {
  config(description: Uint8Array): void
  frame(at: number, data: Uint8Array, key: boolean): void
  /** Frames of another size follow. */
  resized(width: number, height: number): void
  failed(error: Error): void
}

const KEY_INTERVAL = 1000
const BLACK_INTERVAL = 500
/** Maximum queue of the encoder; more frames are dropped. */
const QUEUE_LIMIT = 2

export class VideoPipeline {
  private encoder: VideoEncoder | null = null
  private size = { width: 0, height: 0 }
  private lastKey = Number.NEGATIVE_INFINITY
  private lastFrame = Number.NEGATIVE_INFINITY
  private reader: ReadableStreamDefaultReader<VideoFrame> | null = null
  private blackTimer: ReturnType<typeof setInterval> | undefined
  private look = PLAIN
  private still: ImageBitmap | null = null
  /** Size of the camera's frames: another one would change the stream's configuration, and split its recording. */
  private colours: VideoColorSpaceInit = {}
  private readonly retouch = new Retouch()
  private readonly clock: MediaClock
  /** Stream times of the frames in the encoder, by their timestamps. */
  private readonly times = new Map<number, number>()

  constructor(
    origin: number,
    private settings: VideoSettings,
    private readonly output: VideoOutput,
    /** Whether the connection is so far behind that frames should be dropped. */
    private readonly congested: () => boolean,
  ) {
    this.clock = new MediaClock(origin)
  }

  /** Encodes a track from now on; null for black. */
  source(track: MediaStreamTrack | null): void {
    this.reader = null
    clearInterval(this.blackTimer)
    this.clock.reset()
    this.lastFrame = Number.NEGATIVE_INFINITY
    this.requestKey()
    if (!track) {
      this.black()
      this.blackTimer = setInterval(() => this.black(), BLACK_INTERVAL)
      return
    }
    this.reader = readVideo(track)
    void this.read(this.reader)
  }

  configure(settings: VideoSettings): void {
    const changed = settings.bitrate !== this.settings.bitrate || settings.fps !== this.settings.fps
    this.settings = settings
    if (changed) this.size = { width: 0, height: 0 }
  }

  setLook(look: Look): void {
    this.look = look
  }
  /** Shown while there is no camera; null for black. */
  setStill(image: ImageBitmap | null): void {
    this.still = image
  }

  /** The next frame will be a key frame. */
  requestKey(): void {
    this.lastKey = Number.NEGATIVE_INFINITY
  }

  close(): void {
    this.reader = null
    clearInterval(this.blackTimer)
    const { encoder } = this
    this.encoder = null
    // The encoder's queue is flushed first: Chromium drops it without closing the frames.
    if (encoder?.state === 'configured') void encoder.flush().finally(() => encoder.close())
  }

  /** Until the track ends, even if it was replaced: cancelling would drop frames without closing them. */
  private async read(reader: ReadableStreamDefaultReader<VideoFrame>): Promise<void> {
    for (;;) {
      const { value: frame, done } = await reader.read()
      if (done) return
      try {
        if (reader === this.reader) this.encodeCamera(frame)
      } finally {
        frame.close()
      }
    }
  }

  private encodeCamera(frame: VideoFrame): void {
    const retouched = this.retouch.apply(frame, this.look)
    this.colours = encodedColours((retouched ?? frame).colorSpace.toJSON())
    try {
      this.encode(retouched ?? frame)
    } finally {
      retouched?.close()
    }
  }

  private black(): void {
    const { width, height } = this.size.width > 0 ? this.size : this.settings
    const timestamp = performance.now() * 1000
    const still = this.still && stillFrame(this.still, width, height, timestamp)
    const frame = still ?? blackFrame(width, height, timestamp, this.colours)
    try {
      this.encode(frame)
    } finally {
      frame.close()
    }
  }

  private encode(frame: VideoFrame): void {
    const at = this.clock.at(frame.timestamp)
    // Half a frame of tolerance, so that a 15 fps camera is not thinned to 7.
    if (at - this.lastFrame < 500 / this.settings.fps) return
    const encoder = this.encoderFor(frame.displayWidth & ~1, frame.displayHeight & ~1)
    if (!encoder || encoder.encodeQueueSize > QUEUE_LIMIT || this.congested()) return
    this.lastFrame = at
    const keyFrame = at - this.lastKey >= KEY_INTERVAL
    if (keyFrame) this.lastKey = at
    this.times.set(frame.timestamp, at)
    encoder.encode(frame, { keyFrame })
  }

  private encoderFor(width: number, height: number): VideoEncoder | null {
    this.encoder ??= this.newEncoder()
    if (this.encoder.state === 'closed') return null
    if (width === this.size.width && height === this.size.height) return this.encoder
    if (width !== this.size.width || height !== this.size.height) this.output.resized(width, height)
    this.size = { width, height }
    this.encoder.configure({
      // Constrained baseline; level 3.1 holds 720p, 4.0 holds 1080p.
      codec: width * height > 1280 * 720 ? 'avc1.42E028' : 'avc1.42E01F',
      width,
      height,
      bitrate: this.settings.bitrate,
      framerate: this.settings.fps,
      latencyMode: 'realtime',
      avc: { format: 'avc' },
    })
    this.requestKey()
    return this.encoder
  }

  private newEncoder(): VideoEncoder {
    const encoder: VideoEncoder = new VideoEncoder({
      output: (chunk, info) => {
        if (encoder === this.encoder) this.emit(chunk, info)
      },
      error: (error) => this.output.failed(error),
    })
    return encoder
  }

  private emit(chunk: EncodedVideoChunk, info: EncodedVideoChunkMetadata | undefined): void {
    const description = info?.decoderConfig?.description
    if (description) this.output.config(bytesOf(description))
    const data = new Uint8Array(chunk.byteLength)
    chunk.copyTo(data)
    const at = this.times.get(chunk.timestamp)
    this.times.delete(chunk.timestamp)
    if (at !== undefined) this.output.frame(at, data, chunk.type === 'key')
  }
}

/** As the encoder writes it: it converts RGB to YUV. */
function encodedColours(colours: VideoColorSpaceInit): VideoColorSpaceInit {
  return colours.matrix === 'rgb' ? { ...colours, matrix: 'bt709' } : colours
}

function blackFrame(width: number, height: number, timestamp: number, colorSpace: VideoColorSpaceInit): VideoFrame {
  const pixels = new Uint8Array((width * height * 3) / 2).fill(128)
  pixels.fill(colorSpace.fullRange ? 0 : 16, 0, width * height)
  return new VideoFrame(pixels, { format: 'I420', codedWidth: width, codedHeight: height, timestamp, colorSpace })
}

export function bytesOf(source: AllowSharedBufferSource): Uint8Array {
  return ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source)
}
