import type { Connections } from '../connections'
import type { Limit } from '../limit'
import type { Door } from './door'
import type { MediaLimits } from './limits'
import type { MediaLogger } from './logger'
import type { Streams } from './streams'

/** What every protocol needs. */
export interface MediaContext {
  door: Door
  streams: Streams
  connections: Connections
  limits: MediaLimits
  /** A client reached a limit. */
  limited: (limit: Limit) => void
  logger: MediaLogger
}
