import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { type AmfObject, type AmfValue, decodeAmf, encodeAmf, isAmfObject } from '../../server/media/amf0'
import { AMF0_COMMAND, ChunkReader, encodeMessage, type RtmpMessage } from '../../server/media/rtmp-chunks'
import { DEFAULT_LIMITS } from '../../server/media/limits'
import { Inbox } from './inbox'
import type { TestTag } from './media-tags'

const CHUNK_SIZE = 128
const HANDSHAKE = 1536

interface RtmpUrl {
  host: string
  port: number
  app: string
  /** With the query. */
  stream: string
  tcUrl: string
}

export function parseRtmpUrl(url: string): RtmpUrl {
  const { hostname, port, pathname, search } = new URL(url)
  const [, app = '', stream = ''] = pathname.split('/')
  const host = hostname.replace(/^\[|\]$/g, '')
  return { host, port: Number(port) || 1935, app, stream: stream + search, tcUrl: `rtmp://${hostname}:${port}/${app}` }
}

/** An RTMP connection that can also send invalid data. */
export class RtmpClient {
  readonly messages = new Inbox<RtmpMessage>()
  readonly commands = new Inbox<AmfValue[]>()
  /** Media and metadata received. */
  readonly tags = new Inbox<TestTag>()
  /** Receives audio and video instead of storing them: for endless streams. */
  onMedia: ((message: RtmpMessage) => void) | null = null
  private readonly reader = new ChunkReader({ ...DEFAULT_LIMITS, commandSize: DEFAULT_LIMITS.messageSize })
  private transaction = 0

  private constructor(readonly socket: Socket) {}

  /** Connects with the handshake. */
  static async open(port: number, host = '127.0.0.1'): Promise<RtmpClient> {
    const socket = connect(port, host)
    socket.setNoDelay(true)
    await once(socket, 'connect')
    const client = new RtmpClient(socket)
    await client.shakeHands()
    return client
  }

  /** Opens the app of an `rtmp://` URL and a message stream in it. */
  static async connect(url: string, app?: AmfObject): Promise<RtmpClient> {
    const target = parseRtmpUrl(url)
    const client = await RtmpClient.open(target.port, target.host)
    await client.call('connect', app ?? { app: target.app, tcUrl: target.tcUrl, flashVer: 'test' })
    await client.call('createStream', null)
    return client
  }

  private async shakeHands(): Promise<void> {
    const { socket } = this
    let bytes = Buffer.alloc(0)
    let shaken = false
    const done = new Promise<void>((resolve, reject) => {
      socket.on('error', (error) => reject(error))
      socket.on('close', () => {
        for (const inbox of [this.messages, this.commands, this.tags]) inbox.close('the server closed the connection')
        reject(new Error('closed in the handshake'))
      })
      socket.on('data', (data) => {
        if (shaken) return this.receive(data)
        bytes = Buffer.concat([bytes, data])
        if (bytes.length < 1 + 2 * HANDSHAKE) return
        shaken = true
        socket.write(bytes.subarray(1, 1 + HANDSHAKE))
        resolve()
        this.receive(bytes.subarray(1 + 2 * HANDSHAKE))
      })
    })
    const greeting = Buffer.alloc(1 + HANDSHAKE, 7)
    greeting[0] = 3
    socket.write(greeting)
    await done
  }

  private receive(data: Buffer): void {
    for (const { payload, ...message } of this.reader.read(data)) {
      if (this.onMedia && (message.type === 8 || message.type === 9)) {
        this.onMedia({ ...message, payload })
        continue
      }
      const copy = Buffer.from(payload)
      const { type, timestamp } = message
      this.messages.add({ ...message, payload: copy })
      if (type === AMF0_COMMAND) this.commands.add(decodeAmf(copy))
      else if (type === 8 || type === 9) this.tags.add({ type, timestamp, payload: copy })
      else if (type === 18 && decodeAmf(copy)[0] === 'onMetaData') this.tags.add({ type, timestamp, payload: copy })
    }
  }

  send(type: number, payload: Buffer, timestamp = 0, streamId = 1): void {
    this.socket.write(encodeMessage({ type, timestamp, streamId, payload }, CHUNK_SIZE))
  }

  sendTag({ type, timestamp, payload }: TestTag): void {
    this.send(type, payload, timestamp)
  }

  command(name: string, transaction: number, ...values: AmfValue[]): void {
    this.send(AMF0_COMMAND, encodeAmf(name, transaction, ...values))
  }

  /** Sends a command and returns its `_result`; rejects on `_error` or when the server closes. */
  async call(name: string, ...values: AmfValue[]): Promise<AmfValue[]> {
    const transaction = ++this.transaction
    this.command(name, transaction, ...values)
    const answer = await this.commands.find(([, id]) => id === transaction)
    if (answer[0] !== '_result') throw new Error(`${name}: ${JSON.stringify(answer)}`)
    return answer
  }

  /** The first `onStatus` with a matching code. */
  async status(fits: RegExp, from = 0): Promise<AmfObject> {
    const isStatus = ([name, , , info]: AmfValue[]) =>
      name === 'onStatus' && isAmfObject(info) && typeof info.code === 'string' && fits.test(info.code)
    const [, , , info] = await this.commands.find(isStatus, from)
    return isAmfObject(info) ? info : {}
  }

  close(): void {
    this.socket.destroy()
  }
}

/** Publishes or plays; rejects with the server's reason if refused. */
async function enter(action: 'publish' | 'play', url: string): Promise<RtmpClient> {
  const client = await RtmpClient.connect(url)
  const { stream } = parseRtmpUrl(url)
  if (action === 'publish') client.command('publish', 0, null, stream, 'live')
  else client.command('play', 0, null, stream, -2)
  const { level, code, description } = await client.status(/Publish\.(Start|BadName)|Play\.(Start|Failed)/)
  if (level === 'status') return client
  client.close()
  throw new Error(`${JSON.stringify(code)}: ${JSON.stringify(description)}`)
}

/** Publishes to a push URL: `sendTag` from then on. */
export const publishRtmp = (url: string) => enter('publish', url)
/** Plays a play URL: received data are in `tags`. */
export const playRtmp = (url: string) => enter('play', url)
