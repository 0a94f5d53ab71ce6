import { member } from '../json'
import { CODE, type Code } from '../netcall/constants'
import { NetcallError } from '../netcall/errors'
import { answerError, notConnected } from '../netcall/failures'
import { anyOf, integer, text } from './values'

/** Fields in which the SDK nests errors. */
const WRAPPERS = ['event', 'error', 'data']

/** Error names that the IM SDK uses instead of codes. */
const LINK_IS_DOWN: readonly unknown[] = [
  'Error_Internet_Disconnected',
  'Error_Connection_is_not_Established',
  'Error_Connection_Socket_State_not_Match',
  'logout',
  'kicked',
]
const TOO_LATE = 'Error_Timeout'

/** The IM service's codes of calls as contract codes: the call has ended; another device has answered. */
const CALL_CODES: Record<number, Code> = { 9102: CODE.notFound, 9103: CODE.conflict }
/** Codes of rooms: 417 exists already, 404 does not exist. */
const ROOM_CODES: Record<string, Record<number, Code>> = {
  createChannel: { 417: CODE.conflict },
  joinChannel: { 404: CODE.roomGone },
}

/** Converts an error, string or object from the SDK to the contract's error. */
export function failureOf(method: string, thrown: unknown): NetcallError {
  if (thrown instanceof NetcallError) return thrown
  const word = member(thrown, 'code') ?? member(member(thrown, 'event'), 'code')
  if (LINK_IS_DOWN.includes(word)) return notConnected(method)
  if (word === TOO_LATE) return answerError(method, CODE.timeout, undefined)
  const { code = CODE.internal, message } = wordsOf(thrown)
  return answerError(method, ROOM_CODES[method]?.[code] ?? CALL_CODES[code] ?? code, message)
}

/** Code and message, however nested; a number or numeric string is a code. */
export function wordsOf(thrown: unknown): { code: number | undefined; message: string | undefined } {
  if (typeof thrown !== 'object' || thrown === null) {
    const code = integer(thrown)
    return { code, message: code === undefined ? text(thrown) : undefined }
  }
  const inner = WRAPPERS.map((name) => member(thrown, name)).find((value) => value !== undefined && value !== null)
  const outer = {
    code: integer(anyOf(thrown, 'code', 'errCode', 'status')),
    // An Error's message is not enumerable.
    message:
      thrown instanceof Error ? thrown.message : text(anyOf(thrown, 'message', 'errmsg', 'errMsg', 'desc', 'reason')),
  }
  if (inner === undefined || (outer.code !== undefined && outer.message !== undefined)) return outer
  const found = wordsOf(inner)
  if (outer.code === undefined && found.code !== undefined) return { ...found, message: found.message ?? outer.message }
  return { code: outer.code ?? found.code, message: outer.message ?? found.message }
}
