import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { sameText } from '../tokens'
import { clientAddress } from './client-address'
import type { HttpDeps } from './deps'
import { ApiError } from './errors'

/** `/healthz` and `/metrics`. */
export function operationRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const { store, metrics, recordingsDir, log } = deps
  app.get('/healthz', async (_, reply) => {
    const checks = {
      database: await works(() => store.check()),
      // The trailing slash requires a folder.
      recordings: await works(() => access(`${recordingsDir}/`, constants.R_OK | constants.W_OK)),
      // Calls continue without recording.
      disk: deps.isDiskLow() ? 'failing' : 'ok',
    }
    const healthy = Object.values(checks).every((check) => check === 'ok')
    if (!healthy) log.error({ checks }, 'health: check failed')
    return reply.code(healthy ? 200 : 503).send({ status: healthy ? 'ok' : 'failing', checks })
  })

  app.get('/metrics', async (request, reply) => {
    if (!maySeeMetrics(request.raw, deps)) {
      throw new ApiError(
        403,
        'metrics-closed',
        'Metrics are for this machine only, or for requests with METRICS_TOKEN as a Bearer token',
      )
    }
    return await reply.type(metrics.contentType).send(await metrics.text())
  })
}

/** Without TRUSTED_HOPS all clients of a local proxy have a loopback address; the header shows that they came through one. */
function maySeeMetrics(request: IncomingMessage, { metricsToken, trustedHops }: HttpDeps): boolean {
  const { authorization = '', 'x-forwarded-for': forwarded } = request.headers
  if (metricsToken !== null) return sameText(authorization, `Bearer ${metricsToken}`)
  if (forwarded !== undefined && trustedHops === 0) return false
  return /^127\.|^0:0:0:0$/.test(clientAddress(request, trustedHops))
}

async function works(check: () => void | Promise<void>): Promise<'ok' | 'failing'> {
  try {
    await check()
    return 'ok'
  } catch {
    return 'failing'
  }
}
