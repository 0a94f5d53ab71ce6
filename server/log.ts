import { pino, type DestinationStream, type Logger } from 'pino'

export type Log = Logger
export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

const SECRET_FIELDS = [
  'token',
  'sign',
  'signature',
  'secret',
  'appSecret',
  'authorization',
  'cookie',
  'checksum',
  'encryptKey',
]
const SECRET_PATHS = SECRET_FIELDS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`])

/** The text without the query strings of its URLs, which may hold tokens and signatures. */
export function withoutQueries(text: string): string {
  return text.replace(/\?[^\s"'\\]+/g, '?…')
}

/** JSON lines to standard output (or `destination`), without secrets. */
export function createLog(level: LogLevel, destination?: DestinationStream): Log {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: SECRET_PATHS, censor: '[redacted]' },
    formatters: { level: (label: string) => ({ level: label }) },
    // Applied to the whole line, to cover messages, stack traces and nested values.
    hooks: { streamWrite: withoutQueries },
  }
  return destination ? pino(options, destination) : pino(options)
}
