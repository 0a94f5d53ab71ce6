import type { Code } from '../../miniprogram/netcall/constants'

/** A request that is not done: the answer's code, and a message that says what was wrong and what to do. */
export class Refusal extends Error {
  override readonly name = 'Refusal'

  constructor(
    readonly code: Code,
    message: string,
  ) {
    super(message)
  }
}
