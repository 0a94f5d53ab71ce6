import { CODE } from '../../miniprogram/netcall/constants'
import {
  SIGNAL_ADDRESS,
  type SignalAnswer,
  type SignalMethod,
  type SignalMethods,
} from '../../miniprogram/netcall/protocol'
import { parseBody } from '../websocket/body'
import { NOT_JSON } from '../websocket/connection'
import { Refusal } from '../websocket/refusal'
import type { Log } from '../log'
import type { Timeline } from '../timeline'
import type { Device } from './device'
import type { Handlers } from './handlers'
import { SIGNAL_BODIES, SIGNAL_REQUEST } from './schemas'

type Result = Pick<SignalAnswer, 'code' | 'body' | 'message'>

const METHODS = Object.keys(SIGNAL_ADDRESS).filter(isMethod)
const METHOD_AT = new Map(METHODS.map((method) => [SIGNAL_ADDRESS[method].join('.'), method]))

/** Answers each frame of a device: with the handler's answer, or with a code and a message. */
export class Dispatch {
  constructor(
    private readonly handlers: Handlers,
    private readonly timeline: Timeline,
    private readonly log: Pick<Log, 'error'>,
  ) {}

  frame(device: Device, frame: unknown): void {
    const request = SIGNAL_REQUEST.safeParse(frame)
    if (request.success) {
      const { sid, cid, seq, body } = request.data
      device.answer({ sid, cid, seq, ...this.request(device, sid, cid, body) })
      return
    }
    const what = frame === NOT_JSON ? 'not JSON' : 'not { sid, cid, seq, body } with integers'
    device.answer({ sid: 0, cid: 0, seq: seqOf(frame), ...failure(CODE.badRequest, `frame: ${what}`) })
  }

  private request(device: Device, sid: number, cid: number, body: unknown): Result {
    const method = METHOD_AT.get(`${sid}.${cid}`)
    if (method === undefined) return failure(CODE.notFound, `sid, cid: unknown request ${cid} of service ${sid}`)
    const asked = numberAt(body, 'channelId')
    if (method !== 'heartbeat') this.note(device, method, asked, { kind: 'request' })
    const result = this.run(device, method, body)
    const told = numberAt(result.body, 'channelId')
    const { code, message } = result
    if (message !== undefined) this.note(device, method, asked, { kind: 'answer', code, message })
    else if (told !== asked && told !== undefined) this.note(device, method, told, { kind: 'answer', code })
    return result
  }

  private run(device: Device, method: SignalMethod, body: unknown): Result {
    try {
      return { code: CODE.ok, body: this.perform(device, method, body) }
    } catch (error) {
      if (error instanceof Refusal) return failure(error.code, error.message)
      this.log.error({ err: error, method, account: device.account }, 'signalling: request failed')
      return failure(CODE.internal, 'the service failed; try again')
    }
  }

  private perform<M extends SignalMethod>(device: Device, method: M, body: unknown): SignalMethods[M]['answer'] {
    const handler: Handlers[M] = this.handlers[method]
    return handler(device, parseBody(SIGNAL_BODIES[method], body))
  }

  /** Adds answers to the timeline if they are errors or contain a channel number. */
  private note(device: Device, method: SignalMethod, cid: number | undefined, data: Record<string, unknown>): void {
    const { account } = device
    this.timeline.add('signalling', method, cid === undefined ? { account } : { cid, account }, data)
  }
}

function failure(code: number, message: string): Result {
  return { code, message, body: {} }
}

/** Answers a malformed frame with its sequence number if it has one. */
function seqOf(frame: unknown): number {
  return numberAt(frame, 'seq') ?? 0
}

function numberAt(value: unknown, key: string): number | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const found: unknown = Reflect.get(value, key)
  return typeof found === 'number' ? found : undefined
}

function isMethod(name: string): name is SignalMethod {
  return Object.hasOwn(SIGNAL_ADDRESS, name)
}
