import { CODE } from './constants'
import { NetcallError, type NetcallErrorReason } from './errors'

const REASONS: Record<number, NetcallErrorReason> = {
  [CODE.badRequest]: 'invalid-argument',
  [CODE.unauthorized]: 'refused',
  [CODE.refused]: 'refused',
  [CODE.notFound]: 'wrong-state',
  [CODE.timeout]: 'timeout',
  [CODE.conflict]: 'wrong-state',
  [CODE.tooOften]: 'too-often',
  [CODE.roomGone]: 'refused',
  [CODE.encryptionRefused]: 'refused',
  [CODE.calleeOffline]: 'callee-offline',
  [CODE.roomFull]: 'room-full',
}

/** The service begins its word on bad input with the field's name. */
const NAMED_FIELD = /^([\w.]+): /

/** What a failure answer of the service means to the caller of a method. */
export function answerError(name: string, code: number, message: string | undefined): NetcallError {
  const field = code === CODE.badRequest ? message?.match(NAMED_FIELD)?.[1] : undefined
  return new NetcallError(REASONS[code] ?? 'service-error', `${name}: ${message ?? `the service answered ${code}`}`, {
    code,
    ...(field !== undefined && { field }),
  })
}
export function malformedAnswer(name: string): NetcallError {
  return new NetcallError('service-error', `${name}: the service's answer has not the expected shape`)
}
export function notConnected(name: string): NetcallError {
  return new NetcallError('not-connected', `${name}: the link to the service is down`)
}
export function wrongState(message: string): NetcallError {
  return new NetcallError('wrong-state', message, { code: CODE.conflict })
}
/** Any thrown thing as the contract's error. */
export function asNetcallError(error: unknown): NetcallError {
  if (error instanceof NetcallError) return error
  return new NetcallError('service-error', error instanceof Error ? error.message : String(error))
}
