import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import type { FastifyInstance } from 'fastify'
import type { HttpDeps } from './deps'

/** `/healthz` and `/metrics`. */
export function operationRoutes(app: FastifyInstance, { store, metrics, recordingsDir, log }: HttpDeps): void {
  app.get('/healthz', async (_, reply) => {
    const checks = {
      database: await works(() => store.check()),
      // By the slash, only a folder will do.
      recordings: await works(() => access(`${recordingsDir}/`, constants.R_OK | constants.W_OK)),
    }
    const healthy = Object.values(checks).every((check) => check === 'ok')
    if (!healthy) log.error({ checks }, 'the service is not healthy')
    return reply.code(healthy ? 200 : 503).send({ status: healthy ? 'ok' : 'failing', checks })
  })

  app.get('/metrics', async (_, reply) => reply.type(metrics.contentType).send(await metrics.text()))
}

async function works(check: () => void | Promise<void>): Promise<'ok' | 'failing'> {
  try {
    await check()
    return 'ok'
  } catch {
    return 'failing'
  }
}
