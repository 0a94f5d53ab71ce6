import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { AppCredentials } from '../callback/signature'
import type { Connections } from '../connections'
import type { Log } from '../log'
import type { Store } from '../store/types'
import type { Timeline } from '../timeline'
import type { Tokens } from '../tokens'
import type { FileUrls } from './file-urls'
import type { Metrics } from './metrics'
import type { OwnNames } from './origins'
import type { ServerApiDeps } from './server-api/operations'

/** Dependencies of the HTTP API. */
export interface HttpDeps {
  store: Store
  tokens: Tokens
  fileUrls: FileUrls
  timeline: Timeline
  metrics: Metrics
  log: Log
  /** Whether anybody gets a token and sees the events: for development. */
  devTokens: boolean
  /** Names of this service, for `foreignOrigin`. */
  ownNames: OwnNames
  connections: Connections
  /** Requests and upgrades to the service's own paths, per address and second on average; the burst is two seconds' worth. */
  requestsPerAddress: number
  /** Number of trusted proxies, see `clientAddress`. */
  trustedHops: number
  /** Credentials that the demo receiver verifies with. */
  credentials: AppCredentials
  /** Folder of `<cid>/<filename>`. */
  recordingsDir: string
  /** Bearer token for `/metrics`; null: only loopback clients may read it. */
  metricsToken: string | null
  isDiskLow(): boolean
  /** Progress of a call's mix, from 0 to 1; null while none is being made. */
  mixProgress(cid: number): number | null
  /** Sends a call's unsent callbacks now; false if there are none. */
  resendCallbacks(cid: number): boolean
  /** A member deleted a call from its list; it may have been the last one. */
  callDeleted(): void
  /** Handles media requests. Returns false for others. */
  handleMedia(request: IncomingMessage, response: ServerResponse): boolean
  /** Upgrade handlers; each returns false for upgrades that are not its own. */
  upgrades: ReadonlyArray<(request: IncomingMessage, socket: Duplex, head: Buffer) => boolean>
  serverApi: ServerApiDeps & { publicUrl(): string }
  /** Serves all other paths: the page of an embedding program. */
  fallback: RequestListener | undefined
}
