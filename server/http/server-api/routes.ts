import type { FastifyInstance } from 'fastify'
import { openApiOf } from './openapi'
import { asApiError, serverOperations, type ServerApiDeps } from './operations'
import { checkServerToken } from './token'

const OPENAPI_PATH = '/server/v1/openapi.json'

/** `/server/v1/…`: the API for the app's own server. */
export function serverApiRoutes(app: FastifyInstance, deps: ServerApiDeps & { publicUrl(): string }): void {
  const operations = serverOperations(deps)
  app.get(OPENAPI_PATH, () => openApiOf(operations, deps.publicUrl()))
  for (const { method, path, answer, run } of operations) {
    app.route({
      method,
      url: path.replaceAll(/\{(\w+)\}/g, ':$1'),
      // Before the body is read.
      onRequest: (request, _, done) => {
        checkServerToken(request.headers.authorization, deps.appSecret)
        done()
      },
      handler: async (request, reply) => {
        const { params, query, body } = request
        try {
          const result = await run({ params, query, body })
          return await (answer ? reply.send(result) : reply.code(204).send())
        } catch (error) {
          throw asApiError(error)
        }
      },
    })
  }
}
