/** Input that violates the protocol or a limit. The reader of the connection closes it. */
export class BadInput extends Error {
  override readonly name = 'BadInput'
}

/** A port could not be opened. The message names it, the reason, and the option to choose another one. */
export class ListenError extends Error {
  override readonly name = 'ListenError'

  constructor(
    readonly port: number,
    /** The environment variable that sets the port. */
    readonly option: string,
    override readonly cause: Error,
  ) {
    super(`Cannot listen on port ${port} (${reasonOf(cause)}). Set ${option} to another port.`)
  }
}

const REASONS: Record<string, string> = {
  EADDRINUSE: 'it is in use by another program',
  EACCES: 'this user may not open it',
  EADDRNOTAVAIL: 'this machine does not have that address',
}

function reasonOf(error: Error): string {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  return REASONS[code] ?? error.message
}
