import { TokenBucket } from '../token-bucket'

/** The part of a pino logger that the media engine uses. */
export interface MediaLogger {
  info(about: object, message: string): void
  warn(about: object, message: string): void
  error(about: object, message: string): void
}

/** Burst of lines with the same message; after that, one a second. */
const BURST = 20

/** Limits log lines that clients can trigger. Lines above the rate of their message are dropped; the next one has their number. */
export function withoutFloods(logger: MediaLogger): MediaLogger {
  const messages = new Map<string, { bucket: TokenBucket; leftOut: number }>()
  const limited =
    (level: keyof MediaLogger) =>
    (about: object, message: string): void => {
      const state = messages.get(message) ?? { bucket: new TokenBucket(1, BURST), leftOut: 0 }
      messages.set(message, state)
      if (!state.bucket.take()) {
        state.leftOut++
        return
      }
      const { leftOut } = state
      state.leftOut = 0
      logger[level](leftOut > 0 ? { ...about, leftOut } : about, message)
    }
  return { info: limited('info'), warn: limited('warn'), error: limited('error') }
}
