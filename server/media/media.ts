import { EventEmitter } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { Connections } from '../connections'
import type { MediaContext } from './context'
import { Door } from './door'
import { playOverHttp } from './http-flv'
import { DEFAULT_LIMITS, type MediaLimits } from './limits'
import { withoutFloods, type MediaLogger } from './logger'
import { mediaRoute } from './route'
import { RtmpServer } from './rtmp-server'
import { UrlSigner } from './signed-url'
import { formatStreamName } from './stream-name'
import { Streams } from './streams'
import type { Media, MediaAction, MediaEvents, MediaOptions, StreamName, StreamStats } from './types'
import { WsFlv } from './ws-flv'

export { ListenError } from './errors'
export type { MediaLogger } from './logger'

export interface MediaEngineOptions extends MediaOptions {
  /** Without one the engine is silent. It gets no URL, so no signature. */
  logger?: MediaLogger
  /** Other bounds than the usual ones. */
  limits?: Partial<MediaLimits>
  /** Counts the connections of the RTMP port, and of the HTTP server that the engine shares. */
  connections?: Connections
}

const SILENT: MediaLogger = { info() {}, warn() {}, error() {} }

/** The embedded media server. Nothing is open until `listen`; HTTP and WebSocket come in through the two handlers. */
export function createMedia(options: MediaEngineOptions): Media {
  return new MediaEngine(options)
}

class MediaEngine extends EventEmitter<MediaEvents> implements Media {
  private readonly signer: UrlSigner
  private readonly context: MediaContext
  private readonly rtmp: RtmpServer
  private readonly webSockets: WsFlv

  constructor(private readonly options: MediaEngineOptions) {
    super()
    const logger = options.logger ? withoutFloods(options.logger) : SILENT
    const limits = { ...DEFAULT_LIMITS, ...options.limits }
    this.signer = new UrlSigner(options.secret, options.urlTtl)
    const notify = <Name extends keyof MediaEvents>(event: Name, ...args: MediaEvents[Name]) =>
      emitSafely(this, event, args, logger)
    const streams = new Streams(notify, limits, logger)
    const door = new Door(
      this.signer,
      (action, name, holder) => options.authorize(action, name, holder),
      (name) => streams.isFull(name),
      (action, protocol, reason) => {
        logger.warn({ action, protocol, reason }, 'media: refused')
        notify('refused', action, protocol, reason)
      },
      logger,
    )
    const { connections = new Connections() } = options
    this.context = { door, streams, connections, limits, logger, limited: (limit) => notify('limited', limit) }
    this.rtmp = new RtmpServer(this.context)
    this.webSockets = new WsFlv(this.context)
  }

  get rtmpPort(): number {
    return this.rtmp.port ?? this.options.rtmpPort
  }

  listen(): Promise<void> {
    return this.rtmp.listen(this.options.rtmpPort, this.options.host)
  }

  async close(): Promise<void> {
    this.context.streams.dropAll('the service is closing')
    this.webSockets.close()
    await this.rtmp.close()
  }

  pushUrl(name: StreamName, holder: string, host: string): string {
    return this.url('publish', name, holder, host)
  }

  playUrl(name: StreamName, holder: string, host: string): string {
    return this.url('play', name, holder, host)
  }

  handleRequest(request: IncomingMessage, response: ServerResponse): boolean {
    const route = mediaRoute(request.url)
    if (route) playOverHttp(route, request, response, this.context)
    return route !== null
  }

  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
    const route = mediaRoute(request.url)
    if (route) this.webSockets.upgrade(route, request, socket, head)
    return route !== null
  }

  dropStream(name: StreamName, reason: string): void {
    this.context.streams.drop(name, reason)
  }

  dropHolder(cid: number, holder: string, reason: string): void {
    this.context.streams.dropHolder(cid, holder, reason)
  }

  dropCall(cid: number, reason: string): void {
    this.context.streams.dropCall(cid, reason)
  }

  stats(): StreamStats[] {
    return this.context.streams.stats()
  }

  private url(action: MediaAction, name: StreamName, holder: string, host: string): string {
    const authority = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host
    const query = this.signer.query(action, name, holder)
    return `rtmp://${authority}:${this.rtmpPort}/live/${formatStreamName(name)}?${query}`
  }
}

/** A listener's fault is not the publisher's: it is logged, and the stream goes on. */
function emitSafely(emitter: EventEmitter, event: string, args: unknown[], logger: MediaLogger): void {
  try {
    emitter.emit(event, ...args)
  } catch (error) {
    logger.error({ err: error, event }, 'media: a listener failed')
  }
}
