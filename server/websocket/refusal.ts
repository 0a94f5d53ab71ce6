import type { Code } from '../../miniprogram/netcall/constants'

/** A rejected request: the answer's code, and a message with the reason and what to do. */
export class Refusal extends Error {
  override readonly name = 'Refusal'

  constructor(
    readonly code: Code,
    message: string,
  ) {
    super(message)
  }
}
