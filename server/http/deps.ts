import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { AppCredentials } from '../callback/signature'
import type { Connections } from '../connections'
import type { Log } from '../log'
import type { Store } from '../store/types'
import type { Timeline } from '../timeline'
import type { Tokens } from '../tokens'
import type { FileLinks } from './links'
import type { Metrics } from './metrics'
import type { OwnNames } from './origins'

/** What the HTTP side needs of the rest of the service. */
export interface HttpDeps {
  store: Store
  tokens: Tokens
  links: FileLinks
  timeline: Timeline
  metrics: Metrics
  log: Log
  /** Whether anybody gets a token and sees the events: for development. */
  devTokens: boolean
  /** How the service is known, for `foreignOrigin`. */
  ownNames: OwnNames
  connections: Connections
  /** Requests and upgrades to the service's own paths, a second on average; two seconds' worth may come at once. */
  requestsPerAddress: number
  /** Proxies in front of the service, see `clientAddress`. */
  trustedHops: number
  /** What the demo receiver verifies with. */
  credentials: AppCredentials
  /** Holds `<cid>/<filename>`. */
  recordingsDir: string
  /** Bearer token for `/metrics`; null: only loopback clients may read it. */
  metricsToken: string | null
  isDiskLow(): boolean
  /** How much of a call's mixed file is made, from 0 to 1; null while none is being made. */
  mixProgress(cid: number): number | null
  /** Sends unsent callbacks of a call now; false when there are none. */
  resendCallbacks(cid: number): boolean
  /** Somebody has deleted a call from their list: it may be the last who kept it. */
  callDeleted(): void
  /** Requests for media; false for others. */
  handleMedia(request: IncomingMessage, response: ServerResponse): boolean
  /** The parts that take upgrades, each false for one that is not its own. */
  upgrades: ReadonlyArray<(request: IncomingMessage, socket: Duplex, head: Buffer) => boolean>
  /** Serves what the service does not know: the page of an embedding program. */
  fallback: RequestListener | undefined
}
