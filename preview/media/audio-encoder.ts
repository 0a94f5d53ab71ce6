/** Microphone samples → AAC. Without a microphone silence keeps the stream alive. */
import type { AudioSample, AudioSampleSource, Output } from 'mediabunny'
import { MediaClock } from './clock'
import { readAudio } from './track-reader'
import { bytesOf } from './video-encoder'

export interface AudioOutput {
  config(description: Uint8Array): void
  frame(at: number, data: Uint8Array): void
  /** Level of the captured audio, 0 to 1. */
  level(level: number): void
  failed(error: unknown): void
}

const BITRATE = 48_000
const SILENCE_INTERVAL = 100
const SILENCE_RATE = 48_000
/** Maximum queue of the encoder (10 ms each); more is dropped. */
const QUEUE_LIMIT = 100

/** Loads the encoder ahead of its first use: it has a megabyte. */
export async function loadAac() {
  const mediabunny = await import('mediabunny')
  if (!(await mediabunny.canEncodeAudio('aac', { numberOfChannels: 1, sampleRate: 48_000, bitrate: BITRATE }))) {
    const { registerAacEncoder } = await import('@mediabunny/aac-encoder')
    registerAacEncoder()
  }
  return mediabunny
}

type Mediabunny = Awaited<ReturnType<typeof loadAac>>

export class AudioPipeline {
  private encoder: Promise<{ source: AudioSampleSource; output: Output }> | null = null
  /** Sample rate of the encoder, Hz. */
  private sampleRate = SILENCE_RATE
  private reader: ReadableStreamDefaultReader<AudioData> | null = null
  private silenceTimer: ReturnType<typeof setInterval> | undefined
  private closed = false
  /** Samples in the encoder. */
  private readonly waiting = new Set<AudioSample>()
  /** Samples passed to the encoder, which counts time by them. */
  private samples = 0
  /** Stream time of the encoder's zero, ms; changes at gaps of the source. */
  private base = 0
  private volume = 1
  private readonly clock: MediaClock

  private constructor(
    private readonly mediabunny: Mediabunny,
    origin: number,
    private readonly output: AudioOutput,
  ) {
    this.clock = new MediaClock(origin)
  }

  static async open(origin: number, output: AudioOutput): Promise<AudioPipeline> {
    return new AudioPipeline(await loadAac(), origin, output)
  }

  /** Encodes a track from now on; null for silence. */
  source(track: MediaStreamTrack | null): void {
    this.reader = null
    clearInterval(this.silenceTimer)
    this.clock.reset()
    if (!track) {
      this.silenceTimer = setInterval(() => this.silence(), SILENCE_INTERVAL)
      return
    }
    this.reader = readAudio(track)
    void this.read(this.reader)
  }

  /** 0 to 1 */
  setVolume(volume: number): void {
    this.volume = volume
  }

  close(): void {
    this.closed = true
    this.reader = null
    clearInterval(this.silenceTimer)
    void this.encoder?.then(({ output }) => output.cancel()).catch(() => undefined)
    // `add` never settles for samples queued in a cancelled encoder.
    for (const sample of this.waiting) sample.close()
  }

  /** Until the track ends, even if it was replaced: cancelling would drop samples without closing them. */
  private async read(reader: ReadableStreamDefaultReader<AudioData>): Promise<void> {
    for (;;) {
      const { value: data, done } = await reader.read()
      if (done) return
      if (reader === this.reader && !this.closed) {
        const mono = new Float32Array(data.numberOfFrames)
        data.copyTo(mono, { planeIndex: 0, format: 'f32-planar' })
        await this.encode(mono, data.sampleRate, data.timestamp + data.duration)
      }
      data.close()
    }
  }

  private silence(): void {
    const rate = this.sampleRate
    void this.encode(new Float32Array((rate * SILENCE_INTERVAL) / 1000), rate, performance.now() * 1000)
  }

  /** `end`: the source's timestamp of the samples' end, µs. */
  private async encode(mono: Float32Array<ArrayBuffer>, sampleRate: number, end: number): Promise<void> {
    if (this.waiting.size > QUEUE_LIMIT) return
    try {
      this.encoder ??= this.start(sampleRate).catch((error: unknown) => {
        // Retried with the next sample.
        this.encoder = null
        throw error
      })
      const { source } = await this.encoder
      if (this.closed) return
      let sum = 0
      mono.forEach((value, i) => {
        mono[i] = value * this.volume
        sum += value * value
      })
      this.output.level(Math.sqrt(sum / mono.length))
      const begin = this.samples / sampleRate
      this.samples += mono.length
      this.base = this.clock.at(end) - (this.samples / sampleRate) * 1000
      const sample = new this.mediabunny.AudioSample({
        data: mono,
        format: 'f32-planar',
        numberOfChannels: 1,
        sampleRate,
        timestamp: begin,
      })
      this.add(source, sample)
    } catch (error) {
      if (!this.closed) this.output.failed(error)
    }
  }

  private add(source: AudioSampleSource, sample: AudioSample): void {
    this.waiting.add(sample)
    source
      .add(sample)
      .catch((error: unknown) => !this.closed && this.output.failed(error))
      .finally(() => {
        this.waiting.delete(sample)
        sample.close()
      })
  }

  private async start(sampleRate: number) {
    this.sampleRate = sampleRate
    const { AudioSampleSource, Mp4OutputFormat, NullTarget, Output } = this.mediabunny
    const output = new Output({ format: new Mp4OutputFormat({ fastStart: 'fragmented' }), target: new NullTarget() })
    const source = new AudioSampleSource({
      codec: 'aac',
      bitrate: BITRATE,
      onEncodedPacket: (packet, info) => {
        if (this.closed) return
        const description = info?.decoderConfig?.description
        if (description) this.output.config(bytesOf(description))
        this.output.frame(Math.max(0, Math.round(packet.timestamp * 1000 + this.base)), packet.data)
      },
    })
    output.addAudioTrack(source)
    await output.start()
    return { source, output }
  }
}
