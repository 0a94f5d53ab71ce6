/** A publishing connection: FLV over WebSocket. Data are held back until each expected track is known. */
import type { Network } from '../conditions/network'
import { PhoneSocket } from '../conditions/phone-socket'
import { audioConfigTag, audioTag, flvHeader, videoConfigTag, videoTag, type Tracks } from './flv'

/** The decoders' configurations; null if not known yet. */
export interface TrackConfigs {
  audio: Uint8Array | null
  video: Uint8Array | null
}
interface FlvSocketEvents {
  open(): void
  /** The first media has been sent. */
  publishing(): void
  /** `code`: of live-pusher: 3002 never connected, 3004 closed by the service, 3005 lost. */
  closed(code: number, reason: string): void
  /** Video can only begin with a key frame. */
  needsKey(): void
}

/** How long to wait for an expected track. */
const HOLD_LIMIT = 1500
const ABNORMAL_CLOSURE = 1006
/** Bytes queued in the socket that indicate a slow uplink. */
const CONGESTION = 200_000

export class FlvSocket {
  private readonly socket: PhoneSocket
  private lost = false
  private started = false
  private pictureBegun = false
  private readonly opensAt = performance.now()

  /**
   * @param configs configurations of the tracks, updated by the owner
   * @param expected tracks that exist or are about to
   */
  constructor(
    url: string,
    network: Network,
    private readonly configs: Readonly<TrackConfigs>,
    private readonly expected: () => Tracks,
    private readonly events: FlvSocketEvents,
  ) {
    let opened = false
    this.socket = new PhoneSocket(url, [], network, {
      open() {
        opened = true
        events.open()
      },
      closed(code, reason) {
        const broke = code === ABNORMAL_CLOSURE ? 3005 : 3004
        events.closed(opened ? broke : 3002, reason || `closed with code ${code}`)
      },
      lost: () => {
        this.lost = true
        events.closed(3005, 'the network is gone')
      },
    })
  }

  get connected(): boolean {
    return !this.lost && this.socket.readyState === WebSocket.OPEN
  }
  get congested(): boolean {
    return this.socket.bufferedAmount > CONGESTION
  }

  /** The track's configuration is new or has changed. */
  reconfigured(track: keyof TrackConfigs): void {
    if (this.started) this.sendConfig(track)
  }
  /** Whether it was sent. */
  video(at: number, data: Uint8Array, key: boolean): boolean {
    if (!this.ready()) return false
    if (!this.pictureBegun && !key) {
      this.events.needsKey()
      return false
    }
    this.pictureBegun = true
    this.socket.send(videoTag(at, data, key))
    return true
  }
  /** Whether it was sent. */
  audio(at: number, data: Uint8Array): boolean {
    if (!this.ready()) return false
    this.socket.send(audioTag(at, data))
    return true
  }

  close(): void {
    this.socket.close(1000)
  }

  private ready(): boolean {
    if (!this.connected) return false
    if (this.started) return true
    const { audio, video } = this.configs
    const expected = this.expected()
    const complete = (audio || !expected.audio) && (video || !expected.video)
    if (!complete && performance.now() - this.opensAt < HOLD_LIMIT) return false
    this.started = true
    this.socket.send(flvHeader({ audio: audio !== null, video: video !== null }))
    this.sendConfig('audio')
    this.sendConfig('video')
    this.events.needsKey()
    this.events.publishing()
    return true
  }

  private sendConfig(track: keyof TrackConfigs): void {
    const config = this.configs[track]
    if (config) this.socket.send(track === 'audio' ? audioConfigTag(0, config) : videoConfigTag(0, config))
  }
}
