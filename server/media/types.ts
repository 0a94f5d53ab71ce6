/** What the media engine offers to the rest of the service. Only this face is known outside `media/`. */
import type { EventEmitter } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Limit } from '../limit'
import type { Repair } from './codec/repair'

export type { Track } from './tracks'

/** A member's stream: the one it publishes into its call. On the wire `live/<cid>-<uid>`. */
export interface StreamName {
  cid: number
  uid: number
}
export type MediaAction = 'publish' | 'play'
export type MediaProtocol = 'rtmp' | 'http-flv' | 'ws-flv'

/** One FLV tag of a stream, on the stream's own clock: ms, rebased so that it never runs backwards per track. */
export interface MediaTag {
  kind: 'metadata' | 'audio-config' | 'video-config' | 'audio' | 'video-key' | 'video'
  /** FLV tag type. */
  type: 8 | 9 | 18
  timestamp: number
  /** As the publisher sent it: ms, 32 bits, and whatever its clock makes of it. */
  sent: number
  payload: Buffer
  /** The whole FLV tag with its trailing size, built once for everyone who writes FLV. */
  flv(): Buffer
}

/** One publishing session of a stream; a reconnect makes a new one. */
export interface Publication {
  readonly name: StreamName
  readonly protocol: MediaProtocol
  /** Wall clock of its start, ms. */
  readonly startedAt: number
}

export interface MediaEvents {
  publish: [publication: Publication]
  tag: [publication: Publication, tag: MediaTag]
  unpublish: [publication: Publication, reason: string]
  /** Something of a track was not as it should be: what, and whether it was put right, says `Repair`. */
  repaired: [publication: Publication, track: 'audio' | 'video', repair: Repair]
  /** It sent what nobody in a call could play, and is put out. */
  unplayable: [publication: Publication, problem: string]
  play: [name: StreamName, protocol: MediaProtocol]
  stop: [name: StreamName, protocol: MediaProtocol, reason: string]
  /** A client reached a limit. */
  limited: [limit: Limit]
  refused: [action: MediaAction, protocol: MediaProtocol, reason: string]
}

export interface StreamStats {
  name: StreamName
  protocol: MediaProtocol | null
  viewers: number
  bytesIn: number
  bytesOut: number
  droppedTags: number
}

export interface Media extends EventEmitter<MediaEvents> {
  /** Opens the RTMP port. Rejects with a `ListenError` that names the port and the option to change it. */
  listen(): Promise<void>
  close(): Promise<void>
  /** The RTMP port really listened on (for port 0 in tests). */
  readonly rtmpPort: number
  /**
   * Signed, expiring `rtmp://host:port/live/<cid>-<uid>?…`. `holder` is for whom, in the service's own words (without `&`); `host`
   * without port is how the client reached the service.
   */
  pushUrl(name: StreamName, holder: string, host: string): string
  playUrl(name: StreamName, holder: string, host: string): string
  /** HTTP-FLV play (`GET /live/<cid>-<uid>.flv?…`). False when the request is not for media. */
  handleRequest(request: IncomingMessage, response: ServerResponse): boolean
  /** FLV over WebSocket: `/live/<cid>-<uid>.flv?…&action=publish|play`. False when the upgrade is not for media. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean
  /** Puts publisher and viewers of a stream, or of all streams of a call, out. */
  dropStream(name: StreamName, reason: string): void
  dropCall(cid: number, reason: string): void
  /** Ends what a holder of URLs publishes and views in a call. */
  dropHolder(cid: number, holder: string, reason: string): void
  stats(): StreamStats[]
}

export interface MediaOptions {
  host: string
  rtmpPort: number
  /** Key of the URL signatures. */
  secret: string
  /** How long a signed URL is good for, seconds. */
  urlTtl: number
  /** Asked after the signature was found good, with whom the URL was made for: null lets it in, a sentence refuses. */
  authorize(action: MediaAction, name: StreamName, holder: string): string | null
}
