/** One publishing connection: FLV over a WebSocket. Holds everything back until each expected track is known. */
import { audioConfigTag, audioTag, flvHeader, videoConfigTag, videoTag, type Tracks } from './flv'

/** The decoders' configurations; null while a track has none yet. */
export interface TrackConfigs {
  audio: Uint8Array | null
  video: Uint8Array | null
}
export interface FlvSocketEvents {
  open(): void
  /** The first media has been sent. */
  publishing(): void
  closed(reason: string): void
  /** A picture can only begin with a key frame. */
  needsKey(): void
}

/** A track that has not come by then is not waited for. */
const HOLD_LIMIT = 1500
/** Bytes waiting in the socket that mean the uplink cannot follow. */
const CONGESTION = 200_000

export class FlvSocket {
  bytes = 0
  private readonly socket: WebSocket
  private started = false
  private pictureBegun = false
  private readonly opensAt = performance.now()

  /**
   * @param configs what is known of the tracks, kept up to date by the owner
   * @param expected the tracks that are there or will be
   */
  constructor(
    url: string,
    private readonly configs: Readonly<TrackConfigs>,
    private readonly expected: () => Tracks,
    private readonly events: FlvSocketEvents,
  ) {
    this.socket = new WebSocket(url)
    this.socket.addEventListener('open', () => events.open())
    this.socket.addEventListener('close', (event) => events.closed(event.reason || `closed with code ${event.code}`))
  }

  get congested(): boolean {
    return this.socket.bufferedAmount > CONGESTION
  }

  /** The track's configuration has changed, or is new. */
  reconfigured(track: keyof TrackConfigs): void {
    if (this.started) this.sendConfig(track)
  }
  video(at: number, data: Uint8Array, key: boolean): void {
    if (!this.ready()) return
    if (!this.pictureBegun && !key) return this.events.needsKey()
    this.pictureBegun = true
    this.send(videoTag(at, data, key))
  }
  audio(at: number, data: Uint8Array): void {
    if (this.ready()) this.send(audioTag(at, data))
  }

  close(): void {
    this.socket.close(1000)
  }

  private ready(): boolean {
    if (this.socket.readyState !== WebSocket.OPEN) return false
    if (this.started) return true
    const { audio, video } = this.configs
    const expected = this.expected()
    const complete = (audio || !expected.audio) && (video || !expected.video)
    if (!complete && performance.now() - this.opensAt < HOLD_LIMIT) return false
    this.started = true
    this.send(flvHeader({ audio: audio !== null, video: video !== null }))
    this.sendConfig('audio')
    this.sendConfig('video')
    this.events.needsKey()
    this.events.publishing()
    return true
  }

  private sendConfig(track: keyof TrackConfigs): void {
    const config = this.configs[track]
    if (config) this.send(track === 'audio' ? audioConfigTag(0, config) : videoConfigTag(0, config))
  }

  private send(bytes: Uint8Array<ArrayBuffer>): void {
    this.socket.send(bytes)
    this.bytes += bytes.byteLength
  }
}
