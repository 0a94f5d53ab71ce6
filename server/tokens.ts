import { createHmac, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'

/** The format of account names, which are also used in URLs and file names. */
const ACCOUNT_RULE = /^[A-Za-z0-9_-]{1,32}$/
const ACCOUNT_RULE_TEXT = '1 to 32 characters: letters, digits, "_" and "-"'
export const accountSchema = z.string().regex(ACCOUNT_RULE, `an account is ${ACCOUNT_RULE_TEXT}`)

interface IssuedToken {
  token: string
  account: string
  /** ms since 1970 */
  expires: number
}

/**
 * Signed, expiring account tokens: `<account>.<expires, ms, base 36>.<HMAC>`. They are not stored. App servers issue them, too
 * (docs/service.md): the format must not change.
 */
export class Tokens {
  /** @param ttl lifetime of a token, seconds */
  constructor(
    private readonly secret: string,
    private readonly ttl: number,
  ) {}

  /** Throws a `RangeError` for an invalid account name. */
  issue(account: string): IssuedToken {
    if (!ACCOUNT_RULE.test(account)) throw new RangeError(`an account is ${ACCOUNT_RULE_TEXT}`)
    const expires = Date.now() + this.ttl * 1000
    const claim = `${account}.${expires.toString(36)}`
    return { token: `${claim}.${this.sign(claim)}`, account, expires }
  }

  /** The token's account; null if it is forged, malformed or expired. */
  accountOf(token: string): string | null {
    return this.read(token)?.account ?? null
  }

  /** The token's account and expiry, ms since 1970; null if it is forged, malformed or expired. */
  read(token: string): { account: string; expires: number } | null {
    const [account, expires, signature, ...rest] = token.split('.')
    if (!account || !expires || !signature || rest.length > 0 || !ACCOUNT_RULE.test(account)) return null
    if (!sameText(signature, this.sign(`${account}.${expires}`))) return null
    const end = parseInt(expires, 36)
    return end > Date.now() ? { account, expires: end } : null
  }

  /** Whether the token is valid and belongs to the account. */
  verify(account: string, token: string): boolean {
    return this.accountOf(token) === account
  }

  private sign(claim: string): string {
    return createHmac('sha256', this.secret).update(`account ${claim}`).digest('base64url')
  }
}

/** Compares in constant time. */
export function sameText(a: string, b: string): boolean {
  const left = Buffer.from(a)
  const right = Buffer.from(b)
  return left.length === right.length && timingSafeEqual(left, right)
}
