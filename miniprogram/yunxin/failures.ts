import { member } from '../json'
import { CODE } from '../netcall/constants'
import { NetcallError } from '../netcall/errors'
import { answerError } from '../netcall/failures'
import { anyOf, integer, text } from './values'

/** Where the SDK puts an error into another one. */
const WRAPPERS = ['event', 'error', 'data']

/** What the SDK threw or rejected with, an error, a string or some object, as the contract's error. */
export function failureOf(method: string, thrown: unknown): NetcallError {
  if (thrown instanceof NetcallError) return thrown
  const { code, message } = wordsOf(thrown)
  return answerError(method, code ?? CODE.internal, message)
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
    message: thrown instanceof Error ? thrown.message : text(anyOf(thrown, 'message', 'errmsg', 'desc', 'reason')),
  }
  if (inner === undefined || (outer.code !== undefined && outer.message !== undefined)) return outer
  const found = wordsOf(inner)
  return { code: outer.code ?? found.code, message: outer.message ?? found.message }
}
