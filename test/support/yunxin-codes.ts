/** Codes of NetEase's IM service that differ from this project's. Source: its SDK's table. */
import { NetcallError } from '../../miniprogram/netcall/errors'

const CALL_IS_OVER = 9102
const ANSWERED_ELSEWHERE = 9103
const THERE_ALREADY = 417
const NOT_THERE = 404
const FAILED = 500

const CODES: Record<string, Record<number, number>> = {
  createChannel: { 409: THERE_ALREADY },
  joinChannel: { 417: NOT_THERE },
  calleeAck: { 404: CALL_IS_OVER, 409: ANSWERED_ELSEWHERE },
  hangup: { 404: CALL_IS_OVER },
  keepCalling: { 404: CALL_IS_OVER },
  netcallControl: { 404: CALL_IS_OVER },
}

/** That service's code for an error of ours. */
export function yunxinCode(method: string, error: unknown): number {
  const code = error instanceof NetcallError ? error.code : 0
  return CODES[method]?.[code] ?? (code || FAILED)
}
