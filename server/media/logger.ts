import { TokenBucket } from '../token-bucket'

/** The part of a pino logger that the engine uses. */
export interface MediaLogger {
  info(about: object, message: string): void
  warn(about: object, message: string): void
  error(about: object, message: string): void
}

/** Lines of the same message that are logged at once; after that, one a second. */
const BURST = 20

/** Limits lines that clients can cause at will. Lines of a message above its rate are left out; the next one says how many. */
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
