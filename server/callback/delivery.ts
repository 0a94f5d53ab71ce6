import { signCallback } from './signature'

/** Target of callbacks; known once the service listens. */
export interface CallbackTarget {
  url: string
  appKey: string
  appSecret: string
}
/** Null: answered 200. Otherwise the error, without secrets. */
type DeliveryProblem = string | null

/** POSTs one signed callback. Redirects are not followed, the answer's body is not read. Never rejects. */
export async function deliver(
  event: { callbackId: string; body: string },
  target: CallbackTarget,
  timeout: number,
  stop: AbortSignal,
): Promise<DeliveryProblem> {
  // `AbortSignal.any` would leave a reference in `stop` for each callback.
  const ending = new AbortController()
  const end = (): void => ending.abort()
  stop.addEventListener('abort', end)
  let late = false
  const timer = setTimeout(() => {
    late = true
    end()
  }, timeout)
  try {
    const response = await fetch(target.url, {
      method: 'POST',
      headers: signCallback(event, target),
      body: event.body,
      redirect: 'manual',
      signal: ending.signal,
    })
    await response.body?.cancel()
    return response.status === 200 ? null : `the receiver answered ${response.status} instead of 200`
  } catch (error) {
    return late ? `no answer within ${timeout / 1000} s` : problemOf(error)
  } finally {
    clearTimeout(timer)
    stop.removeEventListener('abort', end)
  }
}

function problemOf(error: unknown): string {
  const code = property(property(error, 'cause'), 'code')
  if (typeof code === 'string' && /^(HPE|UND_ERR_HEADERS)_/.test(code))
    return `the receiver does not answer with HTTP (${code})`
  return `cannot reach the receiver${typeof code === 'string' ? ` (${code})` : ''}`
}

/** `fetch` may throw errors of another realm: their shape is checked instead of their class. */
function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}
