/** The media engine's interface for the rest of the service. */
import type { EventEmitter } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Limit } from '../limit'
import type { Repair } from './codec/repair'
import type { TagType } from './flv'

export type { Track } from './tracks'

/** A member's stream in its call. On the wire `live/<cid>-<uid>`. */
export interface StreamName {
  cid: number
  uid: number
}
export type MediaAction = 'publish' | 'play'
export type MediaProtocol = 'rtmp' | 'http-flv' | 'ws-flv'

/** One FLV tag of a stream. Timestamps are on the stream's clock: ms, never decreasing per track. */
export interface MediaTag {
  kind: 'metadata' | 'audio-config' | 'video-config' | 'audio' | 'video-key' | 'video'
  /** FLV tag type. */
  type: TagType
  timestamp: number
  /** The publisher's timestamp, unchanged: ms, 32 bits. */
  sent: number
  payload: Buffer
  /** The whole FLV tag with its trailing size, built once for all FLV outputs. */
  flv(): Buffer
}

/** A publishing session of a stream; a reconnect begins a new one. */
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
  /** A tag was repaired, or dropped if nothing could be repaired, see `Repair`. */
  repaired: [publication: Publication, track: 'audio' | 'video', repair: Repair]
  /** The publisher sent media that members cannot play, and was disconnected. */
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
  /** The actual RTMP port (for port 0 in tests). */
  readonly rtmpPort: number
  /**
   * A signed, expiring `rtmp://host:port/live/<cid>-<uid>?…`. `subject`: opaque to the engine (without `&`); `host`: how the client reached
   * the service, without port.
   */
  pushUrl(name: StreamName, subject: string, host: string): string
  playUrl(name: StreamName, subject: string, host: string): string
  /** Plays HTTP-FLV (`GET /live/<cid>-<uid>.flv?…`). Returns false for other requests. */
  handleRequest(request: IncomingMessage, response: ServerResponse): boolean
  /**
   * FLV over WebSocket: `/live/<cid>-<uid>.flv?…&action=publish
   * play`. Returns false for other upgrades.
   */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean
  /** Disconnects publisher and viewers of a stream, or of all streams of a call. */
  dropStream(name: StreamName, reason: string): void
  dropCall(cid: number, reason: string): void
  /** Ends what a subject publishes and plays in a call. */
  dropSubject(cid: number, subject: string, reason: string): void
  stats(): StreamStats[]
}

export interface MediaOptions {
  host: string
  rtmpPort: number
  /** Key of the URL signatures. */
  secret: string
  /** Lifetime of signed URLs, seconds. */
  urlTtl: number
  /** Called with the URL's subject after its signature was verified. Null admits, a sentence is the reason for refusing. */
  authorize(action: MediaAction, name: StreamName, subject: string): string | null
}
