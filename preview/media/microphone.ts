/** The audio of a publication: microphone and encoder. Silence is sent while another app has the microphone. */
import { AudioPipeline, type AudioOutput } from './audio-encoder'
import type { Capture } from './capture'

interface MicrophoneReport extends AudioOutput {
  /** It could not be opened. */
  refused(error: unknown): void
  /** It was disconnected. */
  gone(): void
}

export class Microphone {
  private track: MediaStreamTrack | null = null
  private audio: AudioPipeline | null = null
  private opening = false
  /** Whether it was closed while opening. */
  private again = false
  private closed = false
  private volume = 1

  /** @param taken whether another app has the microphone */
  constructor(
    private readonly capture: Capture,
    private readonly origin: number,
    private taken: boolean,
    private readonly report: MicrophoneReport,
  ) {}

  async open(): Promise<void> {
    if (this.opening || this.closed || this.track) return
    this.opening = true
    this.again = false
    try {
      const track = this.taken ? null : await this.capture.microphone()
      if (!this.keep(track)) return
      const audio = (this.audio ??= await AudioPipeline.open(this.origin, this.report))
      if (this.closed) return audio.close()
      audio.source(this.track)
      this.setVolume(this.volume)
    } catch (error) {
      if (!this.closed) this.report.refused(error)
    } finally {
      this.opening = false
    }
    if (this.again) await this.open()
  }

  /** Another app takes the microphone, or releases it. */
  take(taken: boolean): void {
    this.taken = taken
    if (!taken) {
      this.again = this.opening
      return void this.open()
    }
    this.track?.stop()
    this.track = null
    this.audio?.source(null)
  }

  /** 0 to 1 */
  setVolume(volume: number): void {
    this.volume = volume
    if (this.track) this.track.enabled = volume > 0
    this.audio?.setVolume(volume)
  }

  close(): void {
    this.closed = true
    this.track?.stop()
    this.track = null
    this.audio?.close()
    this.audio = null
  }

  /** Whether to continue: not if it was closed meanwhile. Unused tracks are stopped. */
  private keep(track: MediaStreamTrack | null): boolean {
    if (track && (this.closed || this.taken)) track.stop()
    else this.track = track
    track?.addEventListener('ended', () => {
      if (this.track !== track) return
      this.track = null
      this.audio?.source(null)
      this.report.gone()
    })
    return !this.closed
  }
}
