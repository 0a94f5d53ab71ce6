import { createHmac, timingSafeEqual } from 'node:crypto'
import { formatStreamName } from './stream-name'
import type { MediaAction, StreamName } from './types'

/** `holder` is whoever the service made the URL for. */
export type SignedFor = { holder: string } | { problem: string }

/**
 * Makes and checks `expires=…&sign=…&for=…&action=…`: an HMAC-SHA256 over action, stream, holder and expiry, so that a URL made
 * to play cannot publish, a URL of one stream opens no other, and it is known for whom it was made.
 */
export class UrlSigner {
  /** `lifetime` in seconds. */
  constructor(
    private readonly secret: string,
    private readonly lifetime: number,
  ) {
    if (secret === '') throw new TypeError('media: secret must not be empty')
  }

  query(action: MediaAction, name: StreamName, holder: string, now = Date.now()): string {
    const expires = String(Math.floor(now / 1000) + this.lifetime)
    return `expires=${expires}&sign=${this.sign(action, name, holder, expires)}&for=${holder}&action=${action}`
  }

  /** For whom the query was made, when `query` made it for this action and stream and it has not expired; else why not. */
  check(action: MediaAction, name: StreamName, query: URLSearchParams, now = Date.now()): SignedFor {
    const [expires, sign, holder] = ['expires', 'sign', 'for'].map((key) => query.get(key))
    if (!expires || !sign || !holder) return { problem: 'the URL is not signed' }
    const made = query.get('action')
    if (made !== null && made !== action) return { problem: `the URL was not made to ${action}` }
    const [given, good] = [Buffer.from(sign), Buffer.from(this.sign(action, name, holder, expires))]
    if (given.length !== good.length || !timingSafeEqual(given, good)) {
      return { problem: 'the signature of the URL is wrong' }
    }
    // Negated, so that an expiry that is no number is an expired one.
    if (!(Number(expires) * 1000 > now)) return { problem: 'the URL has expired' }
    return { holder }
  }

  private sign(action: MediaAction, name: StreamName, holder: string, expires: string): string {
    return createHmac('sha256', this.secret)
      .update(`${action}\n${formatStreamName(name)}\n${holder}\n${expires}`)
      .digest('base64url')
  }
}
