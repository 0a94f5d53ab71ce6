import { EventEmitter } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { Connections } from '../connections'
import type { MediaContext } from './context'
import { Authorizer } from './authorizer'
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

export interface MediaEngineOptions extends MediaOptions {
  /** Without a logger nothing is logged. URLs and signatures are never passed to it. */
  logger?: MediaLogger
  /** Overrides of the default limits. */
  limits?: Partial<MediaLimits>
  /** Counts the connections of the RTMP port and of the shared HTTP server. */
  connections?: Connections
}

const SILENT: MediaLogger = { info() {}, warn() {}, error() {} }

/** The embedded media server. The RTMP port opens with `listen`; HTTP and WebSocket requests come through the two handlers. */
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
    const authorizer = new Authorizer(
      this.signer,
      (action, name, subject) => options.authorize(action, name, subject),
      (name) => streams.isFull(name),
      (action, protocol, reason) => {
        logger.warn({ action, protocol, reason }, 'media: refused')
        notify('refused', action, protocol, reason)
      },
      logger,
    )
    const { connections = new Connections() } = options
    this.context = { authorizer, streams, connections, limits, logger, limited: (limit) => notify('limited', limit) }
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

  pushUrl(name: StreamName, subject: string, host: string): string {
    return this.url('publish', name, subject, host)
  }

  playUrl(name: StreamName, subject: string, host: string): string {
    return this.url('play', name, subject, host)
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

  dropSubject(cid: number, subject: string, reason: string): void {
    this.context.streams.dropSubject(cid, subject, reason)
  }

  dropCall(cid: number, reason: string): void {
    this.context.streams.dropCall(cid, reason)
  }

  stats(): StreamStats[] {
    return this.context.streams.stats()
  }

  private url(action: MediaAction, name: StreamName, subject: string, host: string): string {
    const authority = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host
    const query = this.signer.query(action, name, subject)
    return `rtmp://${authority}:${this.rtmpPort}/live/${formatStreamName(name)}?${query}`
  }
}

/** An exception in a listener is logged and does not affect the stream. */
function emitSafely(emitter: EventEmitter, event: string, args: unknown[], logger: MediaLogger): void {
  try {
    emitter.emit(event, ...args)
  } catch (error) {
    logger.error({ err: error, event }, 'media: a listener failed')
  }
}
