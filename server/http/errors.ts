import type { FastifyError, FastifyInstance } from 'fastify'
import type { z } from 'zod'

/** A failed request: `{ "error": { code, message, field? } }` with the status. */
export class ApiError extends Error {
  override readonly name = 'ApiError'

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly field?: string,
  ) {
    super(message)
  }
}

/** The validated value. Throws an `ApiError` 400 that names the field. */
export function parseInput<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  const field = issue?.path.join('.') || undefined
  throw new ApiError(400, 'invalid', `${field ?? 'the body'}: ${issue?.message ?? 'invalid value'}`, field)
}

/** Answers all errors in the API's shape. Errors of the service itself are logged and not revealed. */
export function answerErrors(app: FastifyInstance): void {
  app.setNotFoundHandler((request) => {
    throw new ApiError(404, 'not-found', `There is no ${request.method} ${pathOf(request.url)}`)
  })
  app.setErrorHandler((error: FastifyError | ApiError, request, reply) => {
    const known = knownError(error)
    if (known.status >= 500) {
      request.log.error({ err: error, method: request.method, path: pathOf(request.url) }, 'http: request failed')
    }
    return reply.code(known.status).send(errorBody(known))
  })
}

export function errorBody({ code, message, field }: Pick<ApiError, 'code' | 'message' | 'field'>): object {
  return { error: { code, message, ...(field !== undefined && { field }) } }
}

/** Without the query string, which may hold tokens. */
export function pathOf(url: string): string {
  return url.split('?', 1)[0] ?? ''
}

const FRAMEWORK_ERRORS: Readonly<Record<string, string>> = {
  FST_ERR_BAD_URL: 'bad-url',
  FST_ERR_CTP_INVALID_JSON_BODY: 'bad-json',
  FST_ERR_CTP_BODY_TOO_LARGE: 'too-large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'bad-media-type',
}

export function knownError(error: FastifyError | ApiError): ApiError {
  if (error instanceof ApiError) return error
  const { statusCode = 500, code, message } = error
  if (statusCode >= 500) return new ApiError(500, 'internal', 'Internal error; see the log of the service')
  // Fastify's message repeats the invalid URL with its query string.
  const text = code === 'FST_ERR_BAD_URL' ? 'The URL is malformed' : message
  return new ApiError(statusCode, FRAMEWORK_ERRORS[code] ?? 'bad-request', text)
}
