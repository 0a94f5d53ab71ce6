/** The behaviour of a live-pusher: capture, encode, publish, and reconnect. */
import type { Conditions } from '../conditions'
import { PrivacyRefused } from '../conditions/privacy'
import { DeviceRefused, type CameraPosition, type Capture } from './capture'
import type { Tracks } from './flv'
import { FlvSocket, type TrackConfigs } from './flv-socket'
import { Microphone } from './microphone'
import { Rate } from './rate'
import type { Look } from './retouch'
import { publishUrl } from './stream-url'
import { UnsupportedBrowser } from './track-reader'
import { VideoPipeline, type VideoSettings } from './video-encoder'

export interface PusherOptions {
  url: string
  camera: boolean
  microphone: boolean
  position: CameraPosition
  video: VideoSettings
  look: Look
  /** Whether no audio is sent in the background. */
  backgroundMute: boolean
  /** The picture sent in the background; null for black. */
  waitingImage(): Promise<ImageBitmap> | null
}
interface PusherReport {
  state(code: number, message: string): void
  error(code: number, message: string): void
  /** The component is not allowed, for which it has no state. */
  forbidden(message: string): void
  net(info: Record<string, number>): void
  /** 0 to 100 */
  volume(volume: number): void
  /** The local preview; null while the camera is off. */
  preview(stream: MediaStream | null): void
}

const RETRIES = 3
const RETRY_DELAY = 1000
const NET_INTERVAL = 2000
const VOLUME_INTERVAL = 500

export class Pusher {
  private running = false
  /** Zero of the stream's clock; also identifies a start. */
  private origin = 0
  private paused = false
  private previewing = false
  private socket: FlvSocket | null = null
  private cameraTrack: MediaStreamTrack | null = null
  private microphone: Microphone | null = null
  /** The camera track of the encoder. */
  private encoded: MediaStreamTrack | null = null
  private cameraPosition: CameraPosition | null = null
  private openingCamera = false
  private video: VideoPipeline | null = null
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

  /** Subscribes to the conditions until `dispose`. */
  private readonly taken = (taken: boolean): void => this.takeSound(taken)
  private readonly hidden = (hidden: boolean): void => void this.hide(hidden)

  constructor(
    private readonly capture: Capture,
    private readonly conditions: Conditions,
    private options: PusherOptions,
    private readonly report: PusherReport,
  ) {
    conditions.interrupted.changes.add(this.taken)
    conditions.background.hidden.changes.add(this.hidden)
  }

  /** The element was removed. */
  dispose(): void {
    this.conditions.interrupted.changes.remove(this.taken)
    this.conditions.background.hidden.changes.remove(this.hidden)
    this.stop()
  }

  get active(): boolean {
    return this.running
  }

  /** Applies changed properties; camera and microphone at once, the URL at the next start. */
  configure(options: PusherOptions): void {
    // Switched off and on again, a failed camera is retried.
    if (!options.camera) this.failed.camera = false
    this.options = options
    this.video?.configure(options.video)
    this.video?.setLook(options.look)
    void this.applyCamera()
    this.applyMicrophone()
  }

  async start(): Promise<void> {
    if (this.running) return
    this.running = true
    this.failures = 0
    this.origin = performance.now()
    this.netTimer = setInterval(() => this.tellNet(), NET_INTERVAL)
    this.connect()
    this.microphone = this.newMicrophone()
    if (this.conditions.interrupted.on) this.report.state(5001, 'another app has the sound')
    await Promise.all([this.microphone.open(), this.applyCamera()])
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
    this.microphone?.close()
    this.microphone = null
    this.closeCamera()
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

  /** Shows the local preview without publishing. */
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

  private newMicrophone(): Microphone {
    const microphone = new Microphone(this.capture, this.origin, this.conditions.interrupted.on, {
      config: (description) => this.describe('audio', description),
      frame: (at, data) => {
        if (this.socket?.audio(at, data)) this.rates.audio.add(data.length)
      },
      level: (level) => this.tellVolume(level),
      failed: (error) => this.report.error(-1304, `the sound cannot be encoded: ${String(error)}`),
      refused: (error) => this.deviceFailed('microphone', error),
      gone: () => this.report.error(-1302, 'the microphone is gone'),
    })
    microphone.setVolume(this.wantsMicrophone() ? this.volume : 0)
    return microphone
  }

  private wantsMicrophone(): boolean {
    const unheard = this.options.backgroundMute && this.conditions.background.hidden.on
    return this.options.microphone && !this.paused && !unheard
  }

  private applyMicrophone(): void {
    this.microphone?.setVolume(this.wantsMicrophone() ? this.volume : 0)
  }

  private takeSound(taken: boolean): void {
    if (taken && this.running) this.report.state(5001, 'another app has the sound')
    this.microphone?.take(taken)
  }

  /** In the background no app has the camera: the waiting image replaces it. */
  private async hide(hidden: boolean): Promise<void> {
    this.applyMicrophone()
    this.video?.setStill(null)
    void this.applyCamera()
    if (!hidden || !this.video) return
    const image = await this.options.waitingImage()?.catch((error: unknown) => {
      this.report.error(10004, `the waiting image cannot be shown: ${String(error)}`)
    })
    if (this.conditions.background.hidden.on) this.video?.setStill(image ?? null)
  }

  private wantsCamera(): boolean {
    const allowed = !this.paused && !this.failed.camera && !this.conditions.background.hidden.on
    return (this.running || this.previewing) && this.options.camera && allowed
  }

  /** Opens or closes the camera as required. */
  private async applyCamera(): Promise<void> {
    if (!this.wantsCamera() || this.options.position !== this.cameraPosition) this.closeCamera()
    if (!this.wantsCamera() || this.openingCamera) return
    if (!this.cameraTrack) {
      await this.openCamera()
      // The requirement may have changed while it opened.
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
        if (!this.socket?.video(at, data, key)) return
        this.rates.video.add(data.length)
        this.rates.frames.add(1)
      },
      resized: (width: number, height: number) => {
        this.size = { width, height }
        this.report.state(1005, `the picture is ${width}x${height}`)
      },
      failed: (error: Error) => this.report.error(-1303, `the picture cannot be encoded: ${error.message}`),
    }
    const pipeline = new VideoPipeline(this.origin, this.options.video, output, () => this.socket?.congested ?? false)
    pipeline.setLook(this.options.look)
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
    } else if (error instanceof PrivacyRefused) {
      this.report.forbidden(`Not allowed to use ${device}: ${error.message}`)
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

  /** The tracks that exist or are about to. */
  private expected(): Tracks {
    const camera = this.options.camera && !this.paused && !this.failed.camera
    return { audio: !this.failed.microphone, video: camera || this.video !== null }
  }

  private connect(): void {
    const socket: FlvSocket = new FlvSocket(
      publishUrl(this.options.url, location),
      this.conditions.network,
      this.configs,
      () => this.expected(),
      {
        open: () => this.report.state(1001, 'connected'),
        publishing: () => {
          this.failures = 0
          this.report.state(1002, 'publishing')
        },
        needsKey: () => this.video?.requestKey(),
        closed: (code, reason) => {
          if (this.socket !== socket) return
          this.socket = null
          this.report.state(code, reason)
          this.lost(reason)
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
    const connected = this.socket?.connected ?? false
    const congested = this.socket?.congested ?? false
    if (congested) this.report.state(1101, 'the uplink is weak')
    this.report.net({
      videoBitrate: Math.round(videoBitrate),
      audioBitrate: Math.round(audioBitrate),
      videoFPS: Math.round(this.rates.frames.take()),
      videoGOP: 1,
      netSpeed: Math.round(videoBitrate + audioBitrate),
      netJitter: 0,
      netQualityLevel: !connected ? 6 : congested ? 5 : 1,
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
