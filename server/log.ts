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

/** The text without the query strings of its URLs: that is where tokens and signatures travel. */
export function withoutQueries(text: string): string {
  return text.replace(/\?[^\s"'\\]+/g, '?…')
}

/** JSON lines to standard output (or `destination`), with everything secret taken out. */
export function createLog(level: LogLevel, destination?: DestinationStream): Log {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: SECRET_PATHS, censor: '[redacted]' },
    formatters: { level: (label: string) => ({ level: label }) },
    // On the finished line, so that messages, stack traces and nested values are covered as well.
    hooks: { streamWrite: withoutQueries },
  }
  return destination ? pino(options, destination) : pino(options)
}
