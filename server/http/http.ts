import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { fastify, LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import { callRoutes } from './calls'
import { demoReceiver } from './demo-receiver'
import type { HttpDeps } from './deps'
import { developmentRoutes } from './development'
import { answerErrors, ApiError, errorBody, knownError, pathOf } from './errors'
import { fileRoutes } from './files'
import { registerConnections } from './http-connections'
import { operationRoutes } from './operations'
import { foreignOrigin } from './origins'
import { RequestRates } from './request-rates'
import { serverApiRoutes } from './server-api/routes'

const BODY_LIMIT = 64 * 1024
const VITE_PROTOCOLS: readonly string[] = ['vite-hmr', 'vite-ping']
/** Paths of the service; a fallback gets all others. */
const OWN_PATH = /^\/(api|server|recordings|demo|live|signal|gateway|healthz|metrics)(\/|$)/
/** Signed URLs: usable from any page. */
const SIGNED_PATH = /^\/(live|recordings)\//

interface HttpSide {
  readonly server: Server
  /** Called before listening. */
  ready(): Promise<void>
  close(): Promise<void>
}

/** The HTTP port: API, files, media over HTTP, and WebSocket upgrades. */
export function createHttp(deps: HttpDeps): HttpSide {
  const { fallback } = deps
  const loggerInstance: FastifyBaseLogger = deps.log
  const rates = new RequestRates(deps.requestsPerAddress, deps.trustedHops)
  const refusalOf = (request: IncomingMessage): ApiError | null => {
    const own = OWN_PATH.test(pathOf(request.url ?? ''))
    if (own && !rates.take(request)) {
      deps.metrics.limited('requests')
      return tooManyRequests(rates.perSecond)
    }
    if (!deps.devTokens || SIGNED_PATH.test(request.url ?? '')) return null
    const reason = foreignOrigin(request, deps.ownNames)
    return reason === null ? null : new ApiError(403, 'foreign-origin', reason)
  }
  const app = fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT,
    frameworkErrors: (error, _, reply) => answerRaw(reply.raw, knownError(error)),
    serverFactory: (handler) =>
      createServer((request, response) => {
        // Pipelined after a request that closed the connection.
        if (request.socket.destroyed) return
        const refusal = refusalOf(request)
        if (refusal) return refuse(response, refusal, deps.trustedHops > 0)
        if (deps.handleMedia(request, response)) return
        if (fallback && !OWN_PATH.test(pathOf(request.url ?? ''))) fallback(request, response)
        else handler(request, response)
      }),
  })
  answerErrors(app)
  allowEmptyJson(app)
  measure(app, deps)
  void app.register((scope, _, done) => {
    operationRoutes(scope, deps)
    developmentRoutes(scope, deps)
    callRoutes(scope, deps)
    fileRoutes(scope, deps)
    demoReceiver(scope, deps)
    serverApiRoutes(scope, deps.serverApi)
    done()
  })
  registerConnections(app.server, deps.connections, rates, deps.trustedHops > 0)
  dispatchUpgrades(app.server, deps, refusalOf)

  return {
    server: app.server,
    async ready() {
      await app.ready()
    },
    async close() {
      app.server.closeAllConnections()
      await new Promise<void>((resolve) => app.server.close(() => resolve()))
      await app.close()
    },
  }
}

/** Answers with an error. After 429 the connection is closed, unless it is a proxy's, which other clients share. */
function refuse(response: ServerResponse, error: ApiError, shared: boolean): void {
  if (error.status !== 429 || shared) return answerRaw(response, error)
  const { socket } = response
  response.shouldKeepAlive = false
  response.once('finish', () => socket?.destroy())
  answerRaw(response, error)
}

/** For errors before Fastify has a route. */
function answerRaw(response: ServerResponse, error: ApiError): void {
  response.writeHead(error.status, { 'Content-Type': 'application/json; charset=utf-8' })
  response.end(JSON.stringify(errorBody(error)))
}

/** Clients send `Content-Type: application/json` with an empty POST; that is accepted. */
function allowEmptyJson(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeContentTypeParser('application/json')
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined)
    else void parse(request, body, done)
  })
}

function measure(app: FastifyInstance, { metrics, log }: HttpDeps): void {
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unknown'
    metrics.request(request.method, route, reply.statusCode, reply.elapsedTime / 1000)
    const { method, url } = request
    log.debug({ method, path: pathOf(url), status: reply.statusCode, ms: Math.round(reply.elapsedTime) }, 'request')
    done()
  })
}

function dispatchUpgrades(
  server: Server,
  { upgrades, connections }: HttpDeps,
  refusalOf: (request: IncomingMessage) => ApiError | null,
): void {
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy())
    const refusal = refusalOf(request)
    if (refusal) return refuseUpgrade(socket, refusal.status === 429 ? '429 Too Many Requests' : '403 Forbidden')
    if (upgrades.some((upgrade) => upgrade(request, socket, head))) return
    // The preview's development server shares this server and handles its own upgrades.
    if (isForVite(request) && server.listenerCount('upgrade') > 1) return connections.admit(socket)
    refuseUpgrade(socket, '404 Not Found')
  })
}

/** Vite leaves unknown upgrades open without an answer. */
function isForVite({ headers, url }: IncomingMessage): boolean {
  return VITE_PROTOCOLS.includes(headers['sec-websocket-protocol'] ?? '') && pathOf(url ?? '') === '/'
}

function tooManyRequests(perSecond: number): ApiError {
  return new ApiError(429, 'too-many-requests', `More than ${perSecond} requests a second from one address; try again`)
}

function refuseUpgrade(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy())
}
