import type { Socket } from 'node:net'
import { type AmfValue, decodeAmf, isAmfObject } from './amf0'
import { endSoon } from './closing'
import type { MediaContext } from './context'
import { BadInput } from './errors'
import { splitAggregate } from './rtmp-aggregate'
import * as rtmp from './rtmp-chunks'
import { Handshake } from './rtmp-handshake'
import * as reply from './rtmp-messages'
import { PublisherWatch } from './publisher-watch'
import { MessagePump } from './message-pump'
import type { Place, Publishing, Viewing } from './streams'
import { AUDIO, SCRIPT, VIDEO } from './flv'
import type { MediaAction } from './types'

const APP = 'live'
const MIN_WINDOW = 1000
const MEDIA: readonly number[] = [AUDIO, VIDEO, SCRIPT]
const PUT_OUT: Record<MediaAction, string> = { publish: 'NetStream.Publish.BadName', play: 'NetStream.Play.Failed' }

type State =
  | { kind: 'handshake'; handshake: Handshake }
  | { kind: 'connecting' }
  /** `query` of the app or of tcUrl: some publishers put the URL's parameters there. */
  | { kind: 'connected'; query: string }
  /** `stream`: the name from the client, without the query. */
  | { kind: 'publishing'; stream: string; publishing: Publishing }
  | { kind: 'playing'; stream: string; viewing: Viewing }
  | { kind: 'ended' }

/** One RTMP connection with at most one publisher or viewer. Errors in its input never escape. */
export class RtmpSession {
  private state: State = { kind: 'handshake', handshake: new Handshake() }
  private readonly reader: rtmp.ChunkReader
  private watch: PublisherWatch | null = null
  private readonly pump: MessagePump<rtmp.RtmpMessage>
  private received = 0
  /** Number of messages received before admission. */
  private early = 0
  private acknowledged = 0
  private window = reply.ACK_WINDOW

  constructor(
    private readonly socket: Socket,
    private readonly context: MediaContext,
  ) {
    const { limits } = context
    this.reader = new rtmp.ChunkReader(limits)
    this.pump = new MessagePump(
      {
        pause: () => void socket.pause(),
        resume: () => void socket.resume(),
        take: (message) => this.onMessage(message),
        sizeOf: ({ payload }) => payload.length,
        slowed: () => context.limited('publisher-rate'),
        failed: (error) => this.fail(error),
        turn: (work) => this.answerTogether(work),
      },
      limits,
    )
    socket.setNoDelay(true)
    socket.setKeepAlive(true, 30_000)
    socket.on('data', (data) => this.onData(data))
    socket.on('error', () => {})
    socket.on('close', () => {
      this.pump.finish()
      this.end('the connection closed')
    })
  }

  private get ended(): boolean {
    return this.state.kind === 'ended'
  }

  private onData(data: Buffer): void {
    if (this.ended) return
    this.received += data.length
    this.watch?.heard()
    this.answerTogether(() => {
      try {
        this.read(data)
      } catch (error) {
        this.fail(error)
      }
    })
  }

  /** Sends all answers of one turn in one write. */
  private answerTogether(work: () => void): void {
    this.socket.cork()
    try {
      work()
      this.acknowledge()
    } finally {
      this.socket.uncork()
    }
  }

  private fail(error: unknown): void {
    if (!(error instanceof BadInput)) this.context.logger.error({ err: error }, 'media: RTMP session failed')
    this.close(error instanceof BadInput ? error.message : 'internal error')
  }

  private read(data: Buffer): void {
    let bytes = data
    if (!this.isAdmitted && this.received > this.context.limits.bytesBeforeAdmission) {
      this.context.limited('before-admission')
      throw new BadInput('RTMP: too many bytes before publish or play')
    }
    if (this.state.kind === 'handshake') {
      const rest = this.state.handshake.read(data, (answer) => this.send(answer))
      if (!rest) return
      this.state = { kind: 'connecting' }
      bytes = rest
    }
    this.pump.push(this.messages(bytes))
  }

  /** The messages of the input; each frame of an aggregate counts as one. */
  private *messages(bytes: Buffer): Generator<rtmp.RtmpMessage, void> {
    for (const message of this.reader.read(bytes)) {
      if (message.type !== rtmp.AGGREGATE) yield message
      else for (const part of splitAggregate(message)) if (MEDIA.includes(part.type)) yield part
    }
  }

  private get isAdmitted(): boolean {
    return this.state.kind === 'publishing' || this.state.kind === 'playing'
  }

  private onMessage(message: rtmp.RtmpMessage): void {
    if (!this.isAdmitted && ++this.early > this.context.limits.messagesBeforeAdmission) {
      this.context.limited('before-admission')
      throw new BadInput('RTMP: too many messages before publish or play')
    }
    const { type, timestamp, streamId, payload } = message
    switch (type) {
      case rtmp.WINDOW_SIZE:
        if (payload.length >= 4) this.window = Math.max(MIN_WINDOW, payload.readUInt32BE(0))
        return
      case rtmp.USER_CONTROL:
        if (payload.length >= 6 && payload.readUInt16BE(0) === reply.PING_REQUEST) {
          this.send(reply.pingResponse(payload.readUInt32BE(2)))
        }
        return
      case AUDIO:
      case VIDEO:
      case SCRIPT:
        return this.onMedia(type, timestamp, payload)
      case rtmp.AMF3_DATA:
        return this.onMedia(SCRIPT, timestamp, payload.subarray(1))
      case rtmp.AMF0_COMMAND:
        return this.onCommand(decodeAmf(payload), streamId)
      case rtmp.AMF3_COMMAND:
        return this.onCommand(decodeAmf(payload.subarray(1)), streamId)
    }
  }

  /** Frames count only from publishers, and only for their admitted stream. */
  private onMedia(type: number, timestamp: number, payload: Buffer): void {
    if (this.state.kind === 'publishing') this.state.publishing.push(type, timestamp, payload)
  }

  private onCommand([name, id, object, argument]: AmfValue[], streamId: number): void {
    const transaction = typeof id === 'number' ? id : 0
    switch (name) {
      case 'connect':
        return this.connect(transaction, object)
      case 'createStream':
        return this.send(reply.command('_result', transaction, null, rtmp.MEDIA_STREAM))
      case 'releaseStream':
      case 'FCPublish':
        return this.send(reply.command('_result', transaction, null, null))
      case '_checkbw':
      case 'getStreamLength':
        return this.send(reply.command('_result', transaction, null, 0))
      case 'publish':
      case 'play':
        return this.enter(name, argument)
      case 'FCUnpublish':
        return this.leave(typeof argument !== 'string' || splitQuery(argument)[0] === this.streamName)
      case 'deleteStream':
        return this.leave(typeof argument !== 'number' || argument === rtmp.MEDIA_STREAM)
      case 'closeStream':
        return this.leave(streamId === 0 || streamId === rtmp.MEDIA_STREAM)
    }
  }

  private get streamName(): string | null {
    return 'stream' in this.state ? this.state.stream : null
  }

  /** Ends the publisher or viewer if the message names its stream; some clients delete streams that they never created. */
  private leave(meant: boolean): void {
    if (meant && this.streamName !== null) this.close('closed by the client')
  }

  private connect(transaction: number, object: AmfValue | undefined): void {
    if (this.state.kind !== 'connecting') throw new BadInput('RTMP: unexpected connect')
    if (!isAmfObject(object) || typeof object.app !== 'string') throw new BadInput('RTMP: connect without app')
    const [app, appQuery] = splitQuery(object.app)
    if (app.replace(/\/+$/, '') !== APP) {
      const description = `The app must be ${APP}`
      this.send(
        reply.command('_error', transaction, null, {
          level: 'error',
          code: 'NetConnection.Connect.Rejected',
          description,
        }),
      )
      return this.close('unknown app')
    }
    const [, urlQuery] = splitQuery(typeof object.tcUrl === 'string' ? object.tcUrl : '')
    this.state = { kind: 'connected', query: appQuery || urlQuery }
    this.send(reply.connected(transaction))
  }

  private enter(action: MediaAction, argument: AmfValue | undefined): void {
    if (this.state.kind !== 'connected') throw new BadInput(`RTMP: unexpected ${action}`)
    if (typeof argument !== 'string') throw new BadInput(`RTMP: ${action} without stream`)
    const [stream, query] = splitQuery(argument)
    const admission = this.context.authorizer.admit(
      action,
      'rtmp',
      stream,
      new URLSearchParams(query || this.state.query),
    )
    if (!admission.admitted) return this.kick(action, admission.reason)
    this.context.connections.admit(this.socket)
    if (action === 'publish') this.publish(admission.place, stream)
    else this.play(admission.place, stream)
  }

  private publish(place: Place, stream: string): void {
    const { streams, limits } = this.context
    this.reader.maxMessage = limits.messageSize
    const publishing = streams.publish(place, 'rtmp', (reason) => this.kick('publish', reason))
    // A listener may have ended it synchronously.
    if (this.ended) return
    this.state = { kind: 'publishing', stream, publishing }
    this.watch = new PublisherWatch(limits.publisherIdleTime, {
      ask: () => this.send(reply.pingRequest(Math.round(performance.now()))),
      gone: () => this.kick('publish', 'the publisher sends no data'),
    })
    this.send(reply.status('status', 'NetStream.Publish.Start', 'Publishing'))
  }

  private play(place: Place, stream: string): void {
    const { socket } = this
    this.send(reply.playStarted())
    const viewing = this.context.streams.view(place, {
      protocol: 'rtmp',
      pending: () => socket.writableLength,
      write: (bytes) => void (socket.writable && socket.write(bytes)),
      close: (reason) => this.kick('play', reason),
    })
    if (this.ended) return viewing.end('the connection closed')
    this.state = { kind: 'playing', stream, viewing }
  }

  private send(bytes: Buffer): void {
    if (!this.socket.writable) return
    this.socket.write(bytes)
    // A client that sends requests but does not read.
    const { viewerPending, gopBytes } = this.context.limits
    if (this.socket.writableLength > viewerPending + gopBytes) this.socket.destroy()
  }

  private acknowledge(): void {
    if (this.ended || this.received - this.acknowledged < this.window / 2) return
    this.acknowledged = this.received
    this.send(reply.acknowledgement(this.received))
  }

  /** Sends the reason before closing. */
  private kick(action: MediaAction, reason: string): void {
    if (this.ended) return
    this.send(reply.status('error', PUT_OUT[action], reason))
    this.close(reason)
  }

  private close(reason: string): void {
    this.end(reason)
    endSoon(this.socket)
  }

  private end(reason: string): void {
    this.watch?.end()
    this.watch = null
    this.pump.end()
    const { state } = this
    if (state.kind === 'ended') return
    this.state = { kind: 'ended' }
    if (state.kind === 'publishing') state.publishing.end(reason)
    else if (state.kind === 'playing') state.viewing.end(reason)
    else this.context.logger.info({ address: this.socket.remoteAddress, reason }, 'media: RTMP connection ended')
  }
}

function splitQuery(text: string): [path: string, query: string] {
  const at = text.indexOf('?')
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}
