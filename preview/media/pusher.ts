/** What a live-pusher does: capture, encode, publish, and come back by itself when the link breaks. */
import { AudioPipeline } from './audio-encoder'
import { DeviceRefused, type CameraPosition, type Capture } from './capture'
import type { Tracks } from './flv'
import { FlvSocket, type TrackConfigs } from './flv-socket'
import { Rate } from './rate'
import { publishUrl } from './stream-url'
import { UnsupportedBrowser } from './track-reader'
import { VideoPipeline, type VideoSettings } from './video-encoder'

export interface PusherOptions {
  url: string
  camera: boolean
  microphone: boolean
  position: CameraPosition
  video: VideoSettings
}
export interface PusherReport {
  state(code: number, message: string): void
  error(code: number, message: string): void
  net(info: Record<string, number>): void
  /** 0 to 100 */
  volume(volume: number): void
  /** The own picture; null while the camera is off. */
  preview(stream: MediaStream | null): void
}

const RETRIES = 3
const RETRY_DELAY = 1000
const NET_INTERVAL = 2000
const VOLUME_INTERVAL = 500

export class Pusher {
  private running = false
  /** Zero of the stream's clock; also tells one start from the next. */
  private origin = 0
  private paused = false
  private previewing = false
  private socket: FlvSocket | null = null
  private cameraTrack: MediaStreamTrack | null = null
  private microphoneTrack: MediaStreamTrack | null = null
  /** The camera that the encoder takes. */
  private encoded: MediaStreamTrack | null = null
  private cameraPosition: CameraPosition | null = null
  private openingCamera = false
  private video: VideoPipeline | null = null
  private audio: AudioPipeline | null = null
  private readonly configs: TrackConfigs = { audio: null, video: null }
  private readonly failed = { camera: false, microphone: false }
  private failures = 0
  private retryTimer: ReturnType<typeof setTimeout> | undefined
  private netTimer: ReturnType<typeof setInterval> | undefined
  private loudest = 0
  private volumeAt = 0
  private volume = 1
  private size = { width: 0, height: 0 }
  private readonly rates = { audio: new Rate(), video: new Rate(), frames: new Rate() }

  constructor(
    private readonly capture: Capture,
    private options: PusherOptions,
    private readonly report: PusherReport,
  ) {}

  get active(): boolean {
    return this.running
  }

  /** Takes changed properties; camera and microphone follow at once, the address at the next start. */
  configure(options: PusherOptions): void {
    // Turned off and on again, a camera that failed gets another chance.
    if (!options.camera) this.failed.camera = false
    this.options = options
    this.video?.configure(options.video)
    void this.applyCamera()
    this.applyMicrophone()
  }

  async start(): Promise<void> {
    if (this.running) return
    this.running = true
    this.failures = 0
    const origin = performance.now()
    // What still opens when it has been stopped must not begin.
    const current = (): boolean => this.running && this.origin === origin
    this.origin = origin
    this.netTimer = setInterval(() => this.tellNet(), NET_INTERVAL)
    this.connect()
    await Promise.all([this.openMicrophone(current), this.applyCamera()])
  }
  stop(): void {
    this.running = false
    this.paused = false
    this.previewing = false
    this.origin = 0
    clearTimeout(this.retryTimer)
    clearInterval(this.netTimer)
    const { socket } = this
    this.socket = null
    socket?.close()
    this.video?.close()
    this.video = null
    this.audio?.close()
    this.audio = null
    this.closeCamera()
    this.microphoneTrack?.stop()
    this.microphoneTrack = null
    Object.assign(this.configs, { audio: null, video: null })
    Object.assign(this.failed, { camera: false, microphone: false })
  }

  /** Sends black and silence until `resume`. */
  pause(): void {
    this.paused = true
    void this.applyCamera()
    this.applyMicrophone()
  }
  resume(): void {
    this.paused = false
    void this.applyCamera()
    this.applyMicrophone()
  }

  /** Shows the own picture without publishing. */
  async startPreview(): Promise<void> {
    this.previewing = true
    await this.applyCamera()
  }
  stopPreview(): void {
    this.previewing = false
    void this.applyCamera()
  }

  switchCamera(): void {
    const position = this.options.position === 'front' ? 'back' : 'front'
    this.configure({ ...this.options, position })
  }

  /** 0 to 1 */
  setMicrophoneVolume(volume: number): void {
    this.volume = volume
    this.applyMicrophone()
  }

  private async openMicrophone(current: () => boolean): Promise<void> {
    try {
      const track = await this.capture.microphone()
      if (!current()) return track.stop()
      this.microphoneTrack = track
      const output = {
        config: (description: Uint8Array) => this.describe('audio', description),
        frame: (at: number, data: Uint8Array) => {
          this.rates.audio.add(data.length)
          this.socket?.audio(at, data)
        },
        level: (level: number) => this.tellVolume(level),
        failed: (error: unknown) => this.report.error(-1304, `the sound cannot be encoded: ${String(error)}`),
      }
      const audio = await AudioPipeline.open(this.origin, output)
      if (!current()) return audio.close()
      this.audio = audio
      audio.source(track)
      this.applyMicrophone()
      track.addEventListener('ended', () => {
        if (this.microphoneTrack !== track) return
        audio.source(null)
        this.report.error(-1302, 'the microphone is gone')
      })
    } catch (error) {
      if (current()) this.deviceFailed('microphone', error)
    }
  }

  private applyMicrophone(): void {
    const on = this.options.microphone && !this.paused
    if (this.microphoneTrack) this.microphoneTrack.enabled = on
    this.audio?.setVolume(on ? this.volume : 0)
  }

  private wantsCamera(): boolean {
    return (this.running || this.previewing) && this.options.camera && !this.paused && !this.failed.camera
  }

  /** Brings the camera in line with what is wanted of it. */
  private async applyCamera(): Promise<void> {
    if (!this.wantsCamera() || this.options.position !== this.cameraPosition) this.closeCamera()
    if (!this.wantsCamera() || this.openingCamera) return
    if (!this.cameraTrack) {
      await this.openCamera()
      // The wish may have changed while it opened.
      return this.applyCamera()
    }
    this.encodeCamera()
  }

  private async openCamera(): Promise<void> {
    this.openingCamera = true
    const { position, video } = this.options
    try {
      const track = await this.capture.camera(position, video)
      this.cameraTrack = track
      this.cameraPosition = position
      this.report.preview(new MediaStream([track]))
      this.report.state(1003, 'the camera is open')
      track.addEventListener('ended', () => {
        if (this.cameraTrack !== track) return
        this.failed.camera = true
        this.closeCamera()
        this.report.error(-1301, 'the camera is gone')
      })
    } catch (error) {
      this.deviceFailed('camera', error)
    } finally {
      this.openingCamera = false
    }
  }

  private encodeCamera(): void {
    const track = this.cameraTrack
    if (!this.running || !track || track === this.encoded) return
    this.encoded = track
    this.video ??= this.openVideo()
    this.video.source(track)
    this.report.state(1007, 'the first picture is captured')
  }

  private openVideo(): VideoPipeline {
    const output = {
      config: (description: Uint8Array) => this.describe('video', description),
      frame: (at: number, data: Uint8Array, key: boolean) => {
        this.rates.video.add(data.length)
        this.rates.frames.add(1)
        this.socket?.video(at, data, key)
      },
      resized: (width: number, height: number) => {
        this.size = { width, height }
        this.report.state(1005, `the picture is ${width}x${height}`)
      },
      failed: (error: Error) => this.report.error(-1303, `the picture cannot be encoded: ${error.message}`),
    }
    const pipeline = new VideoPipeline(this.origin, this.options.video, output, () => this.socket?.congested ?? false)
    this.report.state(1008, 'the encoder has started')
    return pipeline
  }

  private closeCamera(): void {
    const track = this.cameraTrack
    this.cameraTrack = null
    this.encoded = null
    if (!track) return
    track.stop()
    this.video?.source(null)
    this.report.preview(null)
  }

  private deviceFailed(device: 'camera' | 'microphone', error: unknown): void {
    const camera = device === 'camera'
    this.failed[device] = true
    if (error instanceof DeviceRefused) {
      this.report.error(camera ? 10001 : 10002, `the ${device} was refused`)
    } else if (error instanceof UnsupportedBrowser) {
      this.report.error(camera ? -1303 : -1304, error.message)
    } else {
      const reason = error instanceof Error ? error.message : String(error)
      this.report.error(camera ? -1301 : -1302, `the ${device} cannot be opened: ${reason}`)
    }
  }

  private describe(track: keyof TrackConfigs, description: Uint8Array): void {
    this.configs[track] = description
    this.socket?.reconfigured(track)
  }

  /** The tracks that are there or on their way. */
  private expected(): Tracks {
    const camera = this.options.camera && !this.paused && !this.failed.camera
    return { audio: !this.failed.microphone, video: camera || this.video !== null }
  }

  private connect(): void {
    const socket: FlvSocket = new FlvSocket(
      publishUrl(this.options.url, location),
      this.configs,
      () => this.expected(),
      {
        open: () => this.report.state(1001, 'connected'),
        publishing: () => {
          this.failures = 0
          this.report.state(1002, 'publishing')
        },
        needsKey: () => this.video?.requestKey(),
        closed: (reason) => {
          if (this.socket === socket) this.lost(reason)
        },
      },
    )
    this.socket = socket
  }

  private lost(reason: string): void {
    if (this.failures >= RETRIES) {
      this.stop()
      this.report.state(-1307, `disconnected: ${reason}`)
      return
    }
    this.failures++
    this.report.state(1102, `reconnecting (${this.failures} of ${RETRIES}): ${reason}`)
    this.retryTimer = setTimeout(() => this.connect(), RETRY_DELAY)
  }

  private tellNet(): void {
    const audioBitrate = (this.rates.audio.take() * 8) / 1000
    const videoBitrate = (this.rates.video.take() * 8) / 1000
    const congested = this.socket?.congested ?? true
    if (congested && this.socket) this.report.state(1101, 'the uplink is weak')
    this.report.net({
      videoBitrate: Math.round(videoBitrate),
      audioBitrate: Math.round(audioBitrate),
      videoFPS: Math.round(this.rates.frames.take()),
      videoGOP: 1,
      netSpeed: Math.round(videoBitrate + audioBitrate),
      netJitter: 0,
      netQualityLevel: congested ? 5 : 1,
      videoWidth: this.size.width,
      videoHeight: this.size.height,
      videoCache: 0,
      audioCache: 0,
    })
  }

  private tellVolume(level: number): void {
    this.loudest = Math.max(this.loudest, this.options.microphone && !this.paused ? level : 0)
    const now = performance.now()
    if (now - this.volumeAt < VOLUME_INTERVAL) return
    this.volumeAt = now
    this.report.volume(Math.round(Math.min(1, this.loudest * 2) * 100))
    this.loudest = 0
  }
}
