import { createHmac, timingSafeEqual } from 'node:crypto'
import { formatStreamName } from './stream-name'
import type { MediaAction, StreamName } from './types'

/** `subject`: for whom the service made the URL. */
type SignedFor = { subject: string } | { problem: string }

/**
 * Makes and verifies `expires=…&sign=…&for=…&action=…`: an HMAC-SHA256 over action, stream, subject and expiry. A URL is valid for one
 * action on one stream, and names its subject.
 */
export class UrlSigner {
  /** `lifetime` in seconds. */
  constructor(
    private readonly secret: string,
    private readonly lifetime: number,
  ) {
    if (secret === '') throw new TypeError('media: secret must not be empty')
  }

  query(action: MediaAction, name: StreamName, subject: string, now = Date.now()): string {
    const expires = String(Math.floor(now / 1000) + this.lifetime)
    return `expires=${expires}&sign=${this.sign(action, name, subject, expires)}&for=${subject}&action=${action}`
  }

  /** The subject if `query` made the URL for this action and stream and it has not expired; otherwise the problem. */
  check(action: MediaAction, name: StreamName, query: URLSearchParams, now = Date.now()): SignedFor {
    const [expires, sign, subject] = ['expires', 'sign', 'for'].map((key) => query.get(key))
    if (!expires || !sign || !subject) return { problem: 'the URL is not signed' }
    const made = query.get('action')
    if (made !== null && made !== action) return { problem: `the URL was not made to ${action}` }
    const [given, good] = [Buffer.from(sign), Buffer.from(this.sign(action, name, subject, expires))]
    if (given.length !== good.length || !timingSafeEqual(given, good)) {
      return { problem: 'the signature of the URL is wrong' }
    }
    // Negated, so that NaN counts as expired.
    if (!(Number(expires) * 1000 > now)) return { problem: 'the URL has expired' }
    return { subject }
  }

  private sign(action: MediaAction, name: StreamName, subject: string, expires: string): string {
    return createHmac('sha256', this.secret)
      .update(`${action}\n${formatStreamName(name)}\n${subject}\n${expires}`)
      .digest('base64url')
  }
}
