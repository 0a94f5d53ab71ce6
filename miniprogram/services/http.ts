/** Requests to the call service's HTTP API: JSON in, JSON out, typed failures. */
import { member } from '../json'

export class HttpError extends Error {
  override readonly name = 'HttpError'
  /** unreachable: no answer; refused: an error answer, `message` is its reason. */
  readonly reason: 'unreachable' | 'refused'
  /** The HTTP status; 0 without an answer. */
  readonly status: number

  constructor(reason: 'unreachable' | 'refused', status: number, message: string) {
    super(message)
    this.reason = reason
    this.status = status
  }
}

interface JsonRequest {
  method: 'GET' | 'POST' | 'DELETE'
  url: string
  token?: string
  body?: Record<string, unknown>
}

/** The answer's body; rejects with an `HttpError`. The caller validates it. */
export function requestJson({ method, url, token, body }: JsonRequest): Promise<unknown> {
  return new Promise((resolve, reject) => {
    wx.request({
      url,
      method,
      header: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
      ...(body ? { data: body } : {}),
      timeout: 10_000,
      success: ({ statusCode, data }) => {
        if (statusCode >= 200 && statusCode < 300) resolve(data)
        else reject(new HttpError('refused', statusCode, messageOf(data) ?? `HTTP ${statusCode}`))
      },
      fail: ({ errMsg }) => reject(new HttpError('unreachable', 0, errMsg)),
    })
  })
}

function messageOf(body: unknown): string | null {
  const message = member(member(body, 'error'), 'message')
  return typeof message === 'string' ? message : null
}
