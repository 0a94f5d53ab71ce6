import { mkdirSync } from 'node:fs'
import type { RequestListener, Server } from 'node:http'
import { join } from 'node:path'
import { addressesOf, type Addresses } from './addresses'
import type { RetryPolicy } from './callback/backoff'
import { Outbox } from './callback/outbox'
import { Channels } from './channels/channels'
import type { Config } from './config'
import { Connections } from './connections'
import { connectionLimits } from './descriptors'
import { createGateway } from './gateway/gateway'
import { Tickets } from './gateway/tickets'
import { DEMO_RECEIVER_PATH } from './http/demo-receiver'
import { createHttp } from './http/http'
import { FileUrls } from './http/file-urls'
import { listenOn } from './http/listen'
import { Metrics } from './http/metrics'
import { CallLifecycle } from './call-lifecycle'
import { createLog, type Log } from './log'
import { createMedia } from './media/media'
import { narrateMedia } from './media-events'
import { authorizeMedia, subjectOf, memberStateOf, recordingSubject } from './permissions'
import type { Remuxer } from './recording/remux/remux-worker'
import { DiskSpace } from './recording/disk-space'
import { createRecording } from './recording/recording'
import type { RecordingFile } from './recording/types'
import { Retention } from './retention'
import { keptSecret } from './secrets'
import { createSignalling } from './signalling/signalling'
import { claimDirectory } from './store/lock'
import { openStore } from './store/store'
import { Timeline } from './timeline'
import { Tokens } from './tokens'

export interface ServiceHooks {
  /** Serves all other paths: the page of an embedding program. */
  fallback?: RequestListener
  log?: Log
  /** Overrides of timings. */
  retryPolicy?: RetryPolicy
  /** Makes recordings' files instead of the service's own threads; the caller closes it. */
  remuxer?: Remuxer | undefined
}

export interface Listening {
  port: number
  rtmpPort: number
  addresses: Addresses
  /** The service's URL on this machine: `http://127.0.0.1:8360`. */
  url: string
}

export interface Service {
  /** The HTTP server, for an embedding program that shares it. */
  readonly server: Server
  /**
   * Opens the ports, then continues what an earlier run left. Rejects with a `ListenError`, or with a `DatabaseError` if another service
   * uses the data directory; the service is closed then.
   */
  listen(): Promise<Listening>
  /** Ends all calls, finishes their recordings (for some seconds at most) and closes everything. Idempotent. */
  close(): Promise<void>
}

/** How long closing waits for recordings, ms; others are finished at the next start. */
const FINISHING_TIME = 5_000

/**
 * Creates the whole call service and connects its parts. Nothing is open before `listen`. Rejects with a `DatabaseError` if the database
 * cannot be used.
 */
export async function createService(config: Config, hooks: ServiceHooks = {}): Promise<Service> {
  const log = hooks.log ?? createLog(config.logLevel)
  const recordingsDir = join(config.dataDir, 'recordings')
  const store = openStore(join(config.dataDir, 'calls.db'))
  mkdirSync(recordingsDir, { recursive: true })
  // The app's server shares this secret and signs its users' tokens itself.
  const tokens = new Tokens(config.appSecret ?? keptSecret(store, 'token-secret'), config.tokenTtl)
  const fileUrls = new FileUrls(keptSecret(store, 'file-secret'), config.fileUrlTtl)
  const credentials = { appKey: config.appKey, appSecret: config.appSecret ?? keptSecret(store, 'app-secret') }
  const tickets = new Tickets(keptSecret(store, 'gateway-secret'))
  const timeline = new Timeline()
  const connections = new Connections(connectionLimits(config))
  let addresses = addressesOf(config, config.port)

  const uidOf = (account: string): number => store.uidOf(account)
  const channels = new Channels({
    uidOf,
    roomLimit: config.roomLimit,
    isStored: (cid) => store.call(cid) !== undefined,
  })
  const media = createMedia({
    host: config.host,
    rtmpPort: config.rtmpPort,
    secret: keptSecret(store, 'media-secret'),
    urlTtl: config.mediaUrlTtl,
    limits: { bitRate: config.maxBitrate },
    authorize: (action, name, subject) => authorizeMedia(channels, action, name, subject),
    connections,
    logger: log,
  })
  narrateMedia(media, channels, timeline)
  const disk = new DiskSpace(recordingsDir, config.diskFloor)
  const recording = createRecording({
    media,
    directory: recordingsDir,
    subjectOf: (name) => recordingSubject(channels, name),
    memberStateOf: (name) => memberStateOf(channels, name),
    ffmpegPath: config.ffmpegPath,
    remuxWorker: hooks.remuxer,
    disk,
    onFrames: (account) => metrics.framesRecorded(account),
    logger: log,
    timeline,
  })
  const outbox = new Outbox({
    store,
    timeline,
    log,
    target: () => ({ url: config.callbackUrl ?? addresses.local + DEMO_RECEIVER_PATH, ...credentials }),
    events: config.callbackEvents,
    // A deleted call is kept until its callbacks are sent.
    sent: () => retention.look(),
    ...(hooks.retryPolicy && { policy: hooks.retryPolicy }),
  })
  const urlOf = (file: RecordingFile): string => addresses.public + fileUrls.make(file, file.account)
  const lifecycle = new CallLifecycle({
    store,
    media,
    recording,
    outbox,
    log,
    urlOf,
    runningInterval: config.callbackRunningInterval * 1000,
  })
  lifecycle.follow(channels)
  const isBusy = (cid: number): boolean => lifecycle.isBusy(cid) || recording.isRecording(cid)
  const retention = new Retention({
    store,
    timeline,
    log,
    recordingsDir,
    isBusy,
    time: config.retentionTime,
    size: config.retentionSize,
    unfinishedSize: () => recording.unfinishedSize(),
  })
  const signalling = createSignalling({
    channels,
    timeline,
    log,
    readToken: (token) => tokens.read(token),
    uidOf,
    accounts: {
      has: (account) => store.hasAccount(account),
      list: config.contacts ? (after, limit) => store.accounts(after, limit) : null,
    },
    tickets,
    connections,
    limited: (limit) => metrics.limited(limit),
  })
  const gateway = createGateway({
    channels,
    timeline,
    log,
    tickets,
    connections,
    limited: (limit) => metrics.limited(limit),
    pushUrl: (name, subject, host) => media.pushUrl(name, subjectOf(subject), host),
    playUrl: (name, subject, host) => media.playUrl(name, subjectOf(subject), host),
  })
  const metrics = new Metrics(() => ({
    calls: channels.size,
    signalConnections: signalling.deviceCount,
    gatewayConnections: gateway.sessionCount,
    connections: connections.counts,
    streams: media.stats(),
    recordings: lifecycle.liveCids.filter((cid) => recording.isRecording(cid)).length,
    callbacks: store.outboxCounts(),
  }))
  channels.on('ended', (_, reason) => metrics.callEnded(reason))
  media.on('limited', (limit) => metrics.limited(limit))
  media.on('repaired', (_, track, repair) => metrics.mediaRepaired(track, repair))
  const http = createHttp({
    store,
    tokens,
    fileUrls,
    timeline,
    metrics,
    log,
    devTokens: config.devTokens,
    ownNames: { host: config.host, publicUrl: config.publicUrl },
    connections,
    requestsPerAddress: config.requestsPerAddress,
    trustedHops: config.trustedHops,
    credentials,
    recordingsDir,
    metricsToken: config.metricsToken,
    isDiskLow: () => disk.isLow,
    mixProgress: (cid) => recording.progress(cid),
    callDeleted: () => retention.look(),
    resendCallbacks: (cid) => outbox.resend(cid),
    handleMedia: (request, response) => media.handleRequest(request, response),
    upgrades: [
      (request, socket, head) => signalling.handleUpgrade(request, socket, head),
      (request, socket, head) => gateway.handleUpgrade(request, socket, head),
      (request, socket, head) => media.handleUpgrade(request, socket, head),
    ],
    serverApi: {
      appSecret: config.appSecret,
      store,
      channels,
      recording,
      log,
      recordingsDir,
      online: () => signalling.online(),
      isBusy,
      deleteCall: (cid) => retention.delete(cid),
      urlOf,
      publicUrl: () => addresses.public,
    },
    fallback: hooks.fallback,
  })
  await http.ready()

  let closed: Promise<void> | undefined
  let letGo: (() => void) | undefined
  const shutDown = async (): Promise<void> => {
    channels.close()
    await Promise.race([lifecycle.settled(), pause(FINISHING_TIME)])
    lifecycle.close()
    await Promise.all([signalling.close(), gateway.close(), media.close(), outbox.close(), retention.close()])
    await Promise.race([recording.close(), pause(FINISHING_TIME)])
    disk.close()
    await http.close()
    store.close()
    letGo?.()
    log.info('service: stopped')
  }
  const close = (): Promise<void> => (closed ??= shutDown())

  const open = async (): Promise<Listening> => {
    const port = await listenOn(http.server, config.port, config.host)
    await media.listen()
    addresses = addressesOf(config, port)
    // Only now: a second service that finds the ports or the directory taken must not touch the first one's calls.
    letGo = claimDirectory(config.dataDir)
    disk.start()
    await retention.resume()
    await lifecycle.recover()
    outbox.start()
    retention.start()
    const { rtmpPort } = media
    log.info({ port, rtmpPort, host: config.host, devTokens: config.devTokens }, 'service: listening')
    return { port, rtmpPort, addresses, url: addresses.local }
  }

  return {
    server: http.server,
    listen: () =>
      open().catch(async (error: unknown) => {
        await close()
        throw error
      }),
    close,
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref())
}
