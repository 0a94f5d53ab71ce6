import { CODE } from '../../miniprogram/netcall/constants'
import { GATEWAY_METHOD, type GatewayMethod, type GatewayUser } from '../../miniprogram/netcall/protocol'
import { parseBody } from '../websocket/body'
import { NOT_JSON } from '../websocket/connection'
import { Refusal } from '../websocket/refusal'
import type { Log } from '../log'
import type { Timeline } from '../timeline'
import type { CommandAnswer, Commands } from './commands'
import type { GatewayConnection } from './gateway-connection'
import { GATEWAY_BODIES, GATEWAY_REQUEST, RECORDING_FIELDS } from './schemas'

interface Answer {
  code: number
  errmsg?: string
  userlist?: GatewayUser[]
}

/** `cmd` of answers to frames that have no command. */
const NO_COMMAND = -1
/** After these codes a login cannot succeed: the connection is closed. */
const FINAL_REFUSALS: readonly number[] = [CODE.refused, CODE.roomGone, CODE.encryptionRefused]

/** Fields of requests that the timeline shows. */
const SEEN = new Set(['mode', 'scene', 'role', ...RECORDING_FIELDS])

const METHODS = Object.keys(GATEWAY_METHOD).filter(isMethod)
const METHOD_OF = new Map<number, GatewayMethod>(METHODS.map((method) => [GATEWAY_METHOD[method][0], method]))

/** Answers each frame of a connection. */
export class GatewayDispatch {
  constructor(
    private readonly commands: Commands,
    private readonly timeline: Timeline,
    private readonly log: Pick<Log, 'error'>,
  ) {}

  frame(connection: GatewayConnection, frame: unknown): void {
    const request = GATEWAY_REQUEST.safeParse(frame)
    if (!request.success) {
      const what = frame === NOT_JSON ? 'not JSON' : 'not { cmd, body, seq } with integers'
      connection.answer({ cmd: NO_COMMAND, body: { code: CODE.badRequest, errmsg: `frame: ${what}` } })
      return
    }
    const { cmd, seq, body } = request.data
    const method = METHOD_OF.get(cmd)
    if (method === undefined) {
      connection.answer({ cmd, body: { code: CODE.notFound, errmsg: `cmd: unknown command ${cmd}` }, seq })
      return
    }
    const answer = this.run(connection, method, body)
    connection.answer({ cmd: GATEWAY_METHOD[method][1], body: answer, seq })
    if (method === 'logout' && answer.code === CODE.ok) connection.close('logged out')
    if (method === 'login' && FINAL_REFUSALS.includes(answer.code)) connection.close(answer.errmsg ?? 'refused')
  }

  private run(connection: GatewayConnection, method: GatewayMethod, body: unknown): Answer {
    try {
      return { code: CODE.ok, ...this.perform(connection, method, body) }
    } catch (error) {
      const answer = this.failure(method, error)
      this.timeline.add('gateway', method, aboutConnection(connection), { kind: 'answer', ...answer })
      return method === 'login' || method === 'getUploadUserList' ? { ...answer, userlist: [] } : answer
    }
  }

  private perform<M extends GatewayMethod>(connection: GatewayConnection, method: M, raw: unknown): CommandAnswer<M> {
    const command: Commands[M] = this.commands[method]
    const body = parseBody(GATEWAY_BODIES[method], raw)
    this.note(connection, method, body)
    return command(connection, body)
  }

  private failure(method: GatewayMethod, error: unknown): Answer {
    if (error instanceof Refusal) return { code: error.code, errmsg: error.message }
    this.log.error({ err: error, method }, 'gateway: command failed')
    return { code: CODE.internal, errmsg: 'the service failed; try again' }
  }

  /** Adds a request to the timeline. */
  private note(connection: GatewayConnection, method: GatewayMethod, body: object): void {
    if (method === 'heartbeat' || method === 'getUploadUserList') return
    const about =
      'cid' in body && 'accid' in body
        ? { cid: Number(body.cid), account: String(body.accid) }
        : aboutConnection(connection)
    const seen = Object.entries(body).filter(([name]) => SEEN.has(name))
    this.timeline.add('gateway', method, about, { kind: 'request', ...Object.fromEntries(seen) })
  }
}

function aboutConnection({ session }: GatewayConnection): { cid?: number; account?: string } {
  return session ? { cid: session.cid, account: session.account } : {}
}

function isMethod(name: string): name is GatewayMethod {
  return Object.hasOwn(GATEWAY_METHOD, name)
}
