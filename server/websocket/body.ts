import type { z } from 'zod'
import { CODE } from '../../miniprogram/netcall/constants'
import { Refusal } from './refusal'

/** The validated body. Throws a `Refusal` 400 that names the field and the reason. */
export function parseBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const field = issue && issue.path.length > 0 ? issue.path.join('.') : 'body'
  throw new Refusal(CODE.badRequest, `${field}: ${issue?.message ?? 'invalid value'}`)
}
