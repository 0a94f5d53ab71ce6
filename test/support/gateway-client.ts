import {
  GATEWAY_COMMAND,
  GATEWAY_METHOD,
  type GatewayLogin,
  type GatewayMethod,
  type GatewayPush,
} from '../../miniprogram/netcall/protocol'
import { JsonClient, type Json } from './json-client'
import { bodyOf } from './signal-client'

/** A media session's connection for tests. */
export class GatewayClient extends JsonClient {
  private seq = 0
  /** Parameters of the last login. */
  private login: unknown = {}

  /** By the URL in an answer or notification of the IM side. */
  static async openAt({ serverMap }: Json): Promise<GatewayClient> {
    const { scheme, wechatapparray } = JSON.parse(String(serverMap))
    return GatewayClient.open(`${scheme}://${wechatapparray[0]}`)
  }

  /** @param url `ws://host:port/gateway/<ticket>` */
  static async open(url: string): Promise<GatewayClient> {
    const client = new GatewayClient(url)
    await client.opened()
    return client
  }

  /** Sends any request, valid or not, and returns the body of its answer. */
  async ask(method: GatewayMethod, body: unknown): Promise<Json> {
    const [cmd, response] = GATEWAY_METHOD[method]
    const seq = ++this.seq
    if (method === 'login') this.login = body
    this.sendJson({ cmd, body, seq })
    return bodyOf(
      await this.take(`the response to ${method}`, (frame) => frame['cmd'] === response && frame['seq'] === seq),
    )
  }

  /** Before a login it is refused, but still counts as a sign of life. */
  protected heartbeat(): Promise<unknown> {
    return this.ask('heartbeat', this.login)
  }

  async next(name: GatewayPush): Promise<Json> {
    return bodyOf(await this.take(name, (frame) => isPush(frame, name)))
  }

  /** Pushes that were received and not consumed; must be logged in. */
  async untaken(name: GatewayPush, who: { uid: number; cid: number }): Promise<Json[]> {
    await this.ask('heartbeat', who)
    return this.left((frame) => isPush(frame, name)).map(bodyOf)
  }
}

/** A minimal login: audio and video, nothing recorded. */
export function plainLogin(who: Pick<GatewayLogin, 'uid' | 'cid' | 'accid'>): GatewayLogin {
  return {
    ...who,
    token: String(who.cid),
    mode: 0,
    scene: 0,
    usertype: 2,
    recordAudio: 0,
    recordVideo: 0,
    rtmpRecord: 0,
    recordType: '0',
  }
}

function isPush(frame: Json, name: GatewayPush): boolean {
  return frame['cmd'] === GATEWAY_COMMAND[name] && frame['seq'] === undefined
}
