import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { WebSocket } from 'ws'
import { FlvReader, writeFlvTag } from '../../server/media/flv'
import { DEFAULT_LIMITS } from '../../server/media/limits'
import { Inbox } from './inbox'
import type { TestTag } from './media-tags'

/** The same signed path and query over HTTP or WebSocket: `rtmp://…/live/1-2?…` → `<protocol>://<authority>/live/1-2.flv?…`. */
export function flvUrl(rtmpUrl: string, protocol: 'http' | 'ws', authority: string): string {
  const { pathname, search } = new URL(rtmpUrl)
  return `${protocol}://${authority}${pathname}.flv${search}`
}

/** An FLV viewer's data. */
export class FlvPlayer {
  readonly tags = new Inbox<TestTag>()
  /** Receives audio and video instead of storing them: for endless streams. */
  onMedia: ((tag: TestTag) => void) | null = null
  /** The file header, once received. */
  header: Buffer | null = null
  private readonly reader = new FlvReader(DEFAULT_LIMITS.messageSize)
  private begin = Buffer.alloc(0)

  constructor(
    private readonly stop: () => void,
    /** Reads or stops reading: a slow viewer. */
    readonly flow: { pause(): void; resume(): void },
  ) {}

  receive(data: Buffer): void {
    if (!this.header) {
      this.begin = Buffer.concat([this.begin, data])
      if (this.begin.length >= 13) this.header = this.begin.subarray(0, 13)
    }
    for (const { type, timestamp, payload } of this.reader.read(data)) {
      if (this.onMedia && (type === 8 || type === 9)) this.onMedia({ type, timestamp, payload })
      else if (type === 8 || type === 9 || type === 18) {
        this.tags.add({ type, timestamp, payload: Buffer.from(payload) })
      }
    }
  }

  close(): void {
    this.stop()
  }
}

export interface Refusal {
  status: number
  body: string
}

/** A player, or the reason of its refusal. */
export async function openHttp(url: string): Promise<FlvPlayer | Refusal> {
  const request = get(url, { agent: false })
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request.once('response', resolve)
    request.once('error', reject)
  })
  request.on('error', () => {})
  response.on('error', () => {})
  if (response.statusCode !== 200) {
    let body = ''
    for await (const part of response) body += String(part)
    return { status: response.statusCode ?? 0, body }
  }
  const player = new FlvPlayer(() => request.destroy(), response)
  response.on('data', (data: Buffer) => player.receive(data))
  response.on('close', () => player.tags.close('the server closed the connection'))
  return player
}

/** Plays `http://…/live/1-2.flv?…`. */
export async function playHttp(url: string): Promise<FlvPlayer> {
  const player = await openHttp(url)
  if (player instanceof FlvPlayer) return player
  throw new Error(`${player.status}: ${player.body}`)
}

/** Opens a WebSocket; rejects with status and body if refused. `prepare` runs before anything is received. */
async function openWs(url: string, prepare: (ws: WebSocket) => void = () => {}): Promise<WebSocket> {
  const ws = new WebSocket(url)
  prepare(ws)
  const refused = new Promise<never>((_, reject) => {
    ws.once('error', reject)
    ws.once('unexpected-response', (_request, response: IncomingMessage) => {
      let body = ''
      response.on('data', (part: Buffer) => (body += part.toString()))
      response.on('end', () => reject(new Error(`${response.statusCode}: ${body}`)))
    })
  })
  await Promise.race([once(ws, 'open'), refused])
  ws.on('error', () => {})
  return ws
}

/** Plays `ws://…/live/1-2.flv?…`. */
export async function playWs(url: string): Promise<FlvPlayer> {
  let player: FlvPlayer | undefined
  const ws = await openWs(url, (socket) => {
    const receiver = new FlvPlayer(() => socket.terminate(), socket)
    socket.on('message', (data) => Buffer.isBuffer(data) && receiver.receive(data))
    socket.on('close', (_code, reason) => receiver.tags.close(reason.toString()))
    player = receiver
  })
  if (!player) throw new Error(`not open: ${ws.url}`)
  return player
}

/** Publishes FLV over a WebSocket, like the browser. */
class WsPublisher {
  /** Only for `closed()`: publishers receive nothing else. */
  readonly inbox = new Inbox<never>()

  private constructor(readonly ws: WebSocket) {
    ws.on('close', (_code, reason) => this.inbox.close(reason.toString()))
  }

  /** Rejects with `<status>: <body>` if refused. */
  static async open(url: string): Promise<WsPublisher> {
    const publisher = new WsPublisher(await openWs(url))
    publisher.sendRaw(Buffer.from([0x46, 0x4c, 0x56, 1, 5, 0, 0, 0, 9, 0, 0, 0, 0]))
    return publisher
  }

  sendTag({ type, timestamp, payload }: TestTag): void {
    this.sendRaw(writeFlvTag(type, timestamp, payload))
  }

  sendRaw(data: Buffer | string): void {
    this.ws.send(data)
  }

  close(): void {
    this.ws.terminate()
  }
}

export const publishWs = (url: string) => WsPublisher.open(url)
