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

/** The service's messages about invalid input begin with the field's name. */
const NAMED_FIELD = /^([\w.]+): /

/** The error of a failed answer. */
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
  return new NetcallError('not-connected', `${name}: not connected to the service`)
}
export function wrongState(message: string): NetcallError {
  return new NetcallError('wrong-state', message, { code: CODE.conflict })
}
/** Converts any thrown value to the contract's error. */
export function asNetcallError(error: unknown): NetcallError {
  if (error instanceof NetcallError) return error
  return new NetcallError('service-error', error instanceof Error ? error.message : String(error))
}
