/** The behaviour of a live-player: plays a stream close to live, and reconnects. */
import mpegts from 'mpegts.js'
import type { Network } from '../conditions/network'
import { FlvDownload } from './flv-download'
import type { Tracks } from './flv'
import { Rate } from './rate'
import { playUrl } from './stream-url'

interface PlayerReport {
  state(code: number, message: string): void
  net(info: Record<string, number>): void
}

const RETRIES = 3
const RETRY_DELAY = 800
/** Without data for this long the stream counts as gone: its connection stays open when the publisher leaves. */
const SILENCE_LIMIT = 4000
const NET_INTERVAL = 2000
/**
 * The player's buffer is nearly all of the latency, s. Above `most` it plays faster down to `least`; a jump would lose frames, so it jumps
 * only from `far` behind. Chromium's audio needs 0.2: with less it stalls, and each stall makes it keep more.
 */
const LATENCY = { least: 0.24, most: 0.28, far: 0.6 }
const CATCH_UP_RATE = 1.1

// The library logs as errors what it expects and ignores, such as a player that is closed while old pictures are being removed
// (`SourceBuffer.abort()`, mpegts.js 1.8.2). What stops a player arrives as an event.
mpegts.LoggingControl.enableAll = false

export class Player {
  private download: FlvDownload | null = null
  private player: ReturnType<typeof mpegts.createPlayer> | null = null
  private running = false
  private failures = 0
  /** False after audio that cannot be decoded, which ends playback in a browser: the video continues without it. */
  private audible = true
  private stalled = false
  private size = ''
  private retryTimer: ReturnType<typeof setTimeout> | undefined
  private silenceTimer: ReturnType<typeof setTimeout> | undefined
  private netTimer: ReturnType<typeof setInterval> | undefined
  private frames = 0
  private readonly rates = { audio: new Rate(), video: new Rate() }

  constructor(
    readonly video: HTMLVideoElement,
    private readonly network: Network,
    private readonly report: PlayerReport,
  ) {
    video.addEventListener('playing', () => this.playing())
    video.addEventListener('waiting', () => this.waiting())
    video.addEventListener('resize', () => this.resized())
    video.addEventListener('loadeddata', () => {
      if (video.videoWidth > 0) this.report.state(2003, 'the first key frame is here')
    })
  }

  start(source: string): void {
    if (this.running) return
    this.running = true
    this.failures = 0
    this.audible = true
    this.netTimer = setInterval(() => this.tellNet(), NET_INTERVAL)
    this.connect(playUrl(source, location))
  }

  stop(): void {
    this.running = false
    clearTimeout(this.retryTimer)
    clearInterval(this.netTimer)
    this.disconnect()
    this.video.removeAttribute('src')
    this.size = ''
  }

  private connect(url: string): void {
    const download: FlvDownload = new FlvDownload(url, this.network, {
      open: () => this.report.state(2001, 'connected'),
      tracks: (tracks) => this.play(download, tracks),
      tag: (kind, size) => {
        this.heard(url)
        if (kind === 'audio' || kind === 'video') this.rates[kind].add(size)
      },
      // A track that begins later needs a new player that expects it.
      changed: () => {
        this.audible = true
        this.again(url)
      },
      ended: (code, reason) => {
        if (code !== null) this.report.state(code, reason)
        this.lost(url, reason)
      },
    })
    this.download = download
    this.heard(url)
  }

  private play(download: FlvDownload, tracks: Tracks): void {
    this.report.state(2002, 'the stream begins')
    const player = mpegts.createPlayer(
      { type: 'flv', isLive: true, url: download.url, hasAudio: tracks.audio && this.audible, hasVideo: tracks.video },
      {
        customLoader: download.loader(),
        enableStashBuffer: false,
        lazyLoad: false,
        deferLoadAfterSourceOpen: false,
        autoCleanupSourceBuffer: true,
        autoCleanupMaxBackwardDuration: 12,
        autoCleanupMinBackwardDuration: 6,
        liveSync: true,
        liveSyncMaxLatency: LATENCY.most,
        liveSyncTargetLatency: LATENCY.least,
        liveSyncPlaybackRate: CATCH_UP_RATE,
        liveBufferLatencyChasing: true,
        liveBufferLatencyMaxLatency: LATENCY.far,
        liveBufferLatencyMinRemain: LATENCY.least,
      },
    )
    this.player = player
    const { url } = download
    player.on(mpegts.Events.ERROR, (type: unknown, detail: unknown) => {
      if (this.player !== player) return
      const reason = `${String(type)}: ${String(detail)}`
      if (type === mpegts.ErrorTypes.MEDIA_ERROR && tracks.video && tracks.audio && this.audible) {
        this.audible = false
        this.report.state(2102, `audio cannot be decoded: ${this.video.error?.message ?? reason}`)
        return this.again(url)
      }
      // Lost connections are part of a call; undecodable media are a defect.
      if (type === mpegts.ErrorTypes.MEDIA_ERROR) console.error(`The player stops: ${reason}`)
      this.lost(url, reason)
    })
    player.attachMediaElement(this.video)
    player.load()
    void this.startPlayback()
    if (tracks.video) this.video.requestVideoFrameCallback(() => this.report.state(2032, 'the first picture is shown'))
  }

  /** Browsers may block audio before the first tap: video starts, audio follows the tap. */
  private async startPlayback(): Promise<void> {
    try {
      await this.video.play()
    } catch (error) {
      if (!(error instanceof DOMException) || error.name !== 'NotAllowedError') return
      const { muted } = this.video
      this.video.muted = true
      window.addEventListener('pointerdown', () => (this.video.muted = muted), { once: true })
      await this.video.play().catch(() => this.report.state(2105, 'the browser does not let it play'))
    }
  }

  private disconnect(): void {
    clearTimeout(this.silenceTimer)
    const { player } = this
    this.player = null
    player?.destroy()
    this.download?.close()
    this.download = null
    this.stalled = false
  }

  private again(url: string): void {
    this.disconnect()
    if (this.running) this.connect(url)
  }

  private heard(url: string): void {
    clearTimeout(this.silenceTimer)
    this.silenceTimer = setTimeout(() => this.lost(url, 'nothing comes any more'), SILENCE_LIMIT)
  }

  private lost(url: string, reason: string): void {
    this.disconnect()
    if (!this.running) return
    if (this.failures >= RETRIES) {
      this.stop()
      this.report.state(-2301, `disconnected: ${reason}`)
      return
    }
    this.failures++
    this.report.state(2103, `reconnecting (${this.failures} of ${RETRIES}): ${reason}`)
    this.retryTimer = setTimeout(() => this.connect(url), RETRY_DELAY)
  }

  private playing(): void {
    this.stalled = false
    this.failures = 0
    this.report.state(2004, 'playing')
  }
  private waiting(): void {
    if (!this.running || this.stalled || this.video.seeking) return
    this.stalled = true
    this.report.state(2007, 'loading')
  }
  private resized(): void {
    const { videoWidth, videoHeight } = this.video
    const size = `${videoWidth}x${videoHeight}`
    if (videoWidth === 0 || size === this.size) return
    this.size = size
    this.report.state(2009, `the picture is ${size}`)
  }

  private tellNet(): void {
    const { video } = this
    const audioBitrate = (this.rates.audio.take() * 8) / 1000
    const videoBitrate = (this.rates.video.take() * 8) / 1000
    const frames = video.getVideoPlaybackQuality().totalVideoFrames
    const shown = Math.max(0, frames - this.frames)
    this.frames = frames
    const cache = video.buffered.length === 0 ? 0 : video.buffered.end(video.buffered.length - 1) - video.currentTime
    this.report.net({
      videoBitrate: Math.round(videoBitrate),
      audioBitrate: Math.round(audioBitrate),
      videoFPS: Math.round((shown * 1000) / NET_INTERVAL),
      videoGOP: 1,
      netSpeed: Math.round(videoBitrate + audioBitrate),
      netJitter: 0,
      netQualityLevel: this.stalled ? 5 : audioBitrate + videoBitrate === 0 ? 6 : 1,
      videoWidth: video.videoWidth,
      videoHeight: video.videoHeight,
      videoCache: Math.round(cache * 1000),
      audioCache: Math.round(cache * 1000),
    })
  }
}
