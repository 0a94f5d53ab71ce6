import { z } from 'zod'
import type { Operation } from './operations'
import { problem } from './schemas'

const TOKEN = 'serverToken'

/** The server API as an OpenAPI 3.1 document, from its operations. */
export function openApiOf(operations: readonly Operation[], url: string): object {
  const paths: Record<string, Record<string, object>> = {}
  for (const one of operations) (paths[one.path] ??= {})[one.method.toLowerCase()] = describe(one)
  return {
    openapi: '3.1.0',
    info: {
      title: 'Call service: server API',
      version: '1',
      description: 'For the app’s own server. See docs/server-api.md.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url }],
    security: [{ [TOKEN]: [] }],
    paths,
    components: {
      securitySchemes: {
        [TOKEN]: {
          type: 'http',
          scheme: 'bearer',
          description:
            '`server.<expires>.<sign>`: `expires` is ms since 1970 in base 36, at most an hour away; `sign` is the base64url of HMAC-SHA256(APP_SECRET, `server <expires>`).',
        },
      },
    },
  }
}

function describe({ id, summary, params, query, body, answer, errors }: Operation): object {
  const wrong = {
    400: 'A parameter or the body is invalid; `field` names it.',
    401: 'The token is invalid.',
    ...errors,
  }
  return {
    operationId: id,
    summary,
    parameters: [...parametersOf(params, 'path'), ...parametersOf(query, 'query')],
    ...(body && { requestBody: { required: true, content: json(body) } }),
    responses: {
      ...(answer ? { 200: { description: 'Done.', content: json(answer) } } : { 204: { description: 'Done.' } }),
      ...Object.fromEntries(
        Object.entries(wrong).map(([status, description]) => [status, { description, content: json(problem) }]),
      ),
    },
  }
}

function parametersOf(schema: z.ZodType, place: 'path' | 'query'): object[] {
  const { properties = {}, required = [] } = schemaOf(schema)
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || (required.includes(name) && !isObject(property, 'default')),
    ...(isObject(property, 'items') && { style: 'form', explode: false }),
    schema: property,
  }))
}

const isObject = (value: unknown, field: string): boolean =>
  typeof value === 'object' && value !== null && field in value

const json = (schema: z.ZodType): object => ({ 'application/json': { schema: schemaOf(schema) } })

function schemaOf(schema: z.ZodType): z.core.JSONSchema.BaseSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'output' })
  return rest
}
