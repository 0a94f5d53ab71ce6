/** A failed netcall or IM operation. `field`: for invalid input; `code`: of the answer, if there was one. */
export type NetcallErrorReason =
  | 'invalid-argument'
  | 'wrong-state'
  | 'not-connected'
  | 'timeout'
  | 'refused'
  | 'callee-offline'
  | 'room-full'
  | 'too-often'
  | 'service-error'
  /** NetEase's SDK, which the user has to supply, is missing. */
  | 'not-installed'

export class NetcallError extends Error {
  override readonly name = 'NetcallError'
  readonly reason: NetcallErrorReason
  readonly code: number
  readonly field: string | undefined

  constructor(reason: NetcallErrorReason, message: string, options: { code?: number; field?: string } = {}) {
    super(message)
    this.reason = reason
    this.code = options.code ?? 0
    this.field = options.field
  }
}
