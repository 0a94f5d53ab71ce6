import { member } from '../json'
import { CODE, type Code } from '../netcall/constants'
import { NetcallError } from '../netcall/errors'
import { answerError, notConnected } from '../netcall/failures'
import { anyOf, integer, text } from './values'

/** Where the SDK puts an error into another one. */
const WRAPPERS = ['event', 'error', 'data']

/** The words that the IM SDK has instead of codes. */
const LINK_IS_DOWN: readonly unknown[] = [
  'Error_Internet_Disconnected',
  'Error_Connection_is_not_Established',
  'Error_Connection_Socket_State_not_Match',
  'logout',
  'kicked',
]
const TOO_LATE = 'Error_Timeout'

/** What the IM service's codes of calls are in the contract: the call is over; another device has answered it. */
const CALL_CODES: Record<number, Code> = { 9102: CODE.notFound, 9103: CODE.conflict }
/** Of rooms: 417 is one that is there already, and 404 one that is not. */
const ROOM_CODES: Record<string, Record<number, Code>> = {
  createChannel: { 417: CODE.conflict },
  joinChannel: { 404: CODE.roomGone },
}

/** What the SDK threw or rejected with, an error, a string or some object, as the contract's error. */
export function failureOf(method: string, thrown: unknown): NetcallError {
  if (thrown instanceof NetcallError) return thrown
  const word = member(thrown, 'code') ?? member(member(thrown, 'event'), 'code')
  if (LINK_IS_DOWN.includes(word)) return notConnected(method)
  if (word === TOO_LATE) return answerError(method, CODE.timeout, undefined)
  const { code = CODE.internal, message } = wordsOf(thrown)
  return answerError(method, ROOM_CODES[method]?.[code] ?? CALL_CODES[code] ?? code, message)
}

/** Code and message, however they are wrapped; a bare number, or a string of one, is a code. */
export function wordsOf(thrown: unknown): { code: number | undefined; message: string | undefined } {
  if (typeof thrown !== 'object' || thrown === null) {
    const code = integer(thrown)
    return { code, message: code === undefined ? text(thrown) : undefined }
  }
  const inner = WRAPPERS.map((name) => member(thrown, name)).find((value) => value !== undefined && value !== null)
  const outer = {
    code: integer(anyOf(thrown, 'code', 'errCode', 'status')),
    // An Error's own message is not among its enumerable members.
    message:
      thrown instanceof Error ? thrown.message : text(anyOf(thrown, 'message', 'errmsg', 'errMsg', 'desc', 'reason')),
  }
  if (inner === undefined || (outer.code !== undefined && outer.message !== undefined)) return outer
  const found = wordsOf(inner)
  if (outer.code === undefined && found.code !== undefined) return { ...found, message: found.message ?? outer.message }
  return { code: outer.code ?? found.code, message: outer.message ?? found.message }
}
