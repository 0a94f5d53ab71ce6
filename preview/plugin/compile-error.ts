/** An error in the mini-program's sources, with its position. */
export class CompileError extends Error {
  override readonly name = 'CompileError'

  constructor(
    /** The error's text. */
    readonly reason: string,
    /** Absolute path of the source. */
    readonly file: string,
    /** From 1. */
    readonly line = 1,
    /** From 1. */
    readonly column = 1,
  ) {
    super(`${file}:${line}:${column} ${reason}`)
  }
}
