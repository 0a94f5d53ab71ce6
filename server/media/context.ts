import type { Connections } from '../connections'
import type { Limit } from '../limit'
import type { Authorizer } from './authorizer'
import type { MediaLimits } from './limits'
import type { MediaLogger } from './logger'
import type { Streams } from './streams'

/** Dependencies of the protocol handlers. */
export interface MediaContext {
  authorizer: Authorizer
  streams: Streams
  connections: Connections
  limits: MediaLimits
  /** A client reached a limit. */
  limited: (limit: Limit) => void
  logger: MediaLogger
}
