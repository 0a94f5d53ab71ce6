import { createHmac, timingSafeEqual } from 'node:crypto'
import { formatStreamName } from './stream-name'
import type { MediaAction, StreamName } from './types'

/**
 * Makes and checks `expires=…&sign=…&action=…`: an HMAC-SHA256 over action, stream and expiry, so that a URL made to
 * play cannot publish and a URL of one stream opens no other.
 */
export class UrlSigner {
  /** `lifetime` in seconds. */
  constructor(
    private readonly secret: string,
    private readonly lifetime: number,
  ) {
    if (secret === '') throw new TypeError('media: secret must not be empty')
  }

  query(action: MediaAction, name: StreamName, now = Date.now()): string {
    const expires = String(Math.floor(now / 1000) + this.lifetime)
    return `expires=${expires}&sign=${this.sign(action, name, expires)}&action=${action}`
  }

  /** Null when the query was made by `query` for this action and stream and has not expired; else why not. */
  problem(action: MediaAction, name: StreamName, query: URLSearchParams, now = Date.now()): string | null {
    const expires = query.get('expires')
    const sign = query.get('sign')
    if (expires === null || sign === null) return 'the URL is not signed'
    const made = query.get('action')
    if (made !== null && made !== action) return `the URL was not made to ${action}`
    const [given, good] = [Buffer.from(sign), Buffer.from(this.sign(action, name, expires))]
    if (given.length !== good.length || !timingSafeEqual(given, good)) return 'the signature of the URL is wrong'
    // Negated, so that an expiry that is no number is an expired one.
    if (!(Number(expires) * 1000 > now)) return 'the URL has expired'
    return null
  }

  private sign(action: MediaAction, name: StreamName, expires: string): string {
    return createHmac('sha256', this.secret)
      .update(`${action}\n${formatStreamName(name)}\n${expires}`)
      .digest('base64url')
  }
}
