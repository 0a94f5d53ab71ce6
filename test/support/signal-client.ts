import {
  NOTIFICATION_ADDRESS,
  SIGNAL_ADDRESS,
  type SignalMethod,
  type SignalMethods,
  type SignalNotificationName,
} from '../../miniprogram/netcall/protocol'
import { JsonClient, type Json } from './json-client'

interface RawAnswer {
  code: number
  body: Json
  message: string
}

/** The IM side of a device for tests: requests, and notifications by name. */
export class SignalClient extends JsonClient {
  /** The service's first notification. */
  welcome: Json = {}
  private seq = 0

  /** @param base `ws://host:port` */
  constructor(
    base: string,
    readonly account: string,
    token: string,
    headers: Record<string, string> = {},
  ) {
    super(`${base}/signal?${new URLSearchParams({ account, token }).toString()}`, { headers })
  }

  /** Resolves with the welcome. */
  static async open(base: string, account: string, token: string): Promise<SignalClient> {
    const client = new SignalClient(base, account, token)
    client.welcome = await client.next('welcome')
    return client
  }

  protected heartbeat(): Promise<unknown> {
    return this.ask('heartbeat', {})
  }

  /** A valid request: its answer's body. */
  async request<M extends SignalMethod>(method: M, body: SignalMethods[M]['body']): Promise<Json> {
    const answer = await this.ask(method, body)
    if (answer.code !== 200) throw new Error(`${method}: ${answer.code} ${answer.message}`)
    return answer.body
  }

  /** Any request, valid or not: its answer. */
  async ask(method: SignalMethod, body: unknown): Promise<RawAnswer> {
    const [sid, cid] = SIGNAL_ADDRESS[method]
    return this.askAt(sid, cid, body)
  }

  async askAt(sid: number, cid: number, body: unknown): Promise<RawAnswer> {
    const seq = ++this.seq
    this.sendJson({ sid, cid, seq, body })
    return rawAnswer(await this.take(`the answer to ${sid}.${cid}`, (frame) => frame['seq'] === seq))
  }

  /** The next notification of that name: its body. */
  async next(name: SignalNotificationName, fits: (body: Json) => boolean = () => true): Promise<Json> {
    const frame = await this.take(name, (one) => isNotification(one, name) && fits(bodyOf(one)))
    return bodyOf(frame)
  }

  /** Notifications that were received and not consumed. Includes everything sent before the call, because the service answers in order. */
  async untaken(name: SignalNotificationName): Promise<Json[]> {
    await this.request('heartbeat', {})
    return this.left((frame) => isNotification(frame, name)).map(bodyOf)
  }
}

export function rawAnswer(frame: Json): RawAnswer {
  const { code, message } = frame
  return { code: Number(code), body: bodyOf(frame), message: typeof message === 'string' ? message : '' }
}
export function bodyOf(frame: Json): Json {
  const body = frame['body']
  return typeof body === 'object' && body !== null ? { ...body } : {}
}

function isNotification(frame: Json, name: SignalNotificationName): boolean {
  const [sid, cid] = NOTIFICATION_ADDRESS[name]
  return frame['seq'] === undefined && frame['sid'] === sid && frame['cid'] === cid
}
