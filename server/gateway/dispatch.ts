import { CODE } from '../../miniprogram/netcall/constants'
import { GATEWAY_METHOD, type GatewayMethod, type GatewayUser } from '../../miniprogram/netcall/protocol'
import { parseBody } from '../links/body'
import { NOT_JSON } from '../links/link'
import { Refusal } from '../links/refusal'
import type { Log } from '../log'
import type { Timeline } from '../timeline'
import type { CommandAnswer, Commands } from './commands'
import type { MediaLink } from './media-link'
import { GATEWAY_BODIES, GATEWAY_REQUEST } from './schemas'

interface Answer {
  code: number
  errmsg?: string
  userlist?: GatewayUser[]
}

/** Stands where an answer has no command: to a frame that had none. */
const NO_COMMAND = -1
/** After these a login is of no use: the link is closed. */
const FINAL_REFUSALS: readonly number[] = [CODE.refused, CODE.roomGone, CODE.encryptionRefused]

/** Fields of requests that the timeline shows. */
const SEEN = new Set([
  'mode',
  'scene',
  'role',
  'recordAudio',
  'recordVideo',
  'rtmpRecord',
  'recordType',
  'isHostSpeaker',
])

const METHODS = Object.keys(GATEWAY_METHOD).filter(isMethod)
const METHOD_OF = new Map<number, GatewayMethod>(METHODS.map((method) => [GATEWAY_METHOD[method][0], method]))

/** Takes a link's frames, and answers each. */
export class GatewayDispatch {
  constructor(
    private readonly commands: Commands,
    private readonly timeline: Timeline,
    private readonly log: Pick<Log, 'error'>,
  ) {}

  frame(link: MediaLink, frame: unknown): void {
    const request = GATEWAY_REQUEST.safeParse(frame)
    if (!request.success) {
      const what = frame === NOT_JSON ? 'not JSON' : 'not { cmd, body, seq } with integers'
      link.answer({ cmd: NO_COMMAND, body: { code: CODE.badRequest, errmsg: `frame: ${what}` } })
      return
    }
    const { cmd, seq, body } = request.data
    const method = METHOD_OF.get(cmd)
    if (method === undefined) {
      link.answer({ cmd, body: { code: CODE.notFound, errmsg: `cmd: there is no request ${cmd}` }, seq })
      return
    }
    const answer = this.run(link, method, body)
    link.answer({ cmd: GATEWAY_METHOD[method][1], body: answer, seq })
    if (method === 'logout' && answer.code === CODE.ok) link.close('logged out')
    if (method === 'login' && FINAL_REFUSALS.includes(answer.code)) link.close(answer.errmsg ?? 'refused')
  }

  private run(link: MediaLink, method: GatewayMethod, body: unknown): Answer {
    try {
      return { code: CODE.ok, ...this.perform(link, method, body) }
    } catch (error) {
      const answer = this.failure(method, error)
      this.timeline.add('gateway', method, aboutLink(link), { kind: 'answer', ...answer })
      return method === 'login' || method === 'getUploadUserList' ? { ...answer, userlist: [] } : answer
    }
  }

  private perform<M extends GatewayMethod>(link: MediaLink, method: M, raw: unknown): CommandAnswer<M> {
    const command: Commands[M] = this.commands[method]
    const body = parseBody(GATEWAY_BODIES[method], raw)
    this.note(link, method, body)
    return command(link, body)
  }

  private failure(method: GatewayMethod, error: unknown): Answer {
    if (error instanceof Refusal) return { code: error.code, errmsg: error.message }
    this.log.error({ err: error, method }, 'a gateway command failed')
    return { code: CODE.internal, errmsg: 'the service failed; try again' }
  }

  /** What is worth seeing of a request. */
  private note(link: MediaLink, method: GatewayMethod, body: object): void {
    if (method === 'heartbeat' || method === 'getUploadUserList') return
    const about =
      'cid' in body && 'accid' in body ? { cid: Number(body.cid), account: String(body.accid) } : aboutLink(link)
    const seen = Object.entries(body).filter(([name]) => SEEN.has(name))
    this.timeline.add('gateway', method, about, { kind: 'request', ...Object.fromEntries(seen) })
  }
}

function aboutLink({ seat }: MediaLink): { cid?: number; account?: string } {
  return seat ? { cid: seat.cid, account: seat.account } : {}
}

function isMethod(name: string): name is GatewayMethod {
  return Object.hasOwn(GATEWAY_METHOD, name)
}
