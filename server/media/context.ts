import type { Door } from './door'
import type { MediaLimits } from './limits'
import type { Streams } from './streams'

/** The part of a pino logger that the engine uses. */
export interface MediaLogger {
  info(about: object, message: string): void
  warn(about: object, message: string): void
  error(about: object, message: string): void
}

/** What every protocol needs. */
export interface MediaContext {
  door: Door
  streams: Streams
  limits: MediaLimits
  logger: MediaLogger
}
