import { createHmac } from 'node:crypto'
import { sameText } from '../tokens'

/** Subject of a gateway URL: a member in one session epoch. */
interface Ticket {
  cid: number
  uid: number
  epoch: number
}
export interface ReadTicket extends Ticket {
  /** Expired for a first login. Members with a media session may still resume it. */
  expired: boolean
}

/** Time from ringing or joining to the first login, ms. */
export const TICKET_TTL = 10 * 60_000

const PART = /^[0-9a-z]{1,11}$/

/**
 * Signed proofs of membership in a channel: `<cid>.<uid>.<epoch>.<expires, ms>.<HMAC>`, numbers in base 36. Each member gets its own in
 * `serverMap`. They are not stored.
 */
export class Tickets {
  constructor(private readonly secret: string) {}

  issue({ cid, uid, epoch }: Ticket): string {
    const claim = [cid, uid, epoch, Date.now() + TICKET_TTL].map((part) => part.toString(36)).join('.')
    return `${claim}.${this.sign(claim)}`
  }

  /** Verifies a ticket. Returns null if it is malformed or not signed by this service. */
  read(ticket: string): ReadTicket | null {
    const [cid, uid, epoch, expires, signature, ...rest] = ticket.split('.')
    if (!cid || !uid || !epoch || !expires || !signature || rest.length > 0) return null
    const parts = [cid, uid, epoch, expires]
    if (!parts.every((part) => PART.test(part)) || !sameText(signature, this.sign(parts.join('.')))) return null
    return {
      cid: parseInt(cid, 36),
      uid: parseInt(uid, 36),
      epoch: parseInt(epoch, 36),
      expired: parseInt(expires, 36) <= Date.now(),
    }
  }

  private sign(claim: string): string {
    return createHmac('sha256', this.secret).update(`gateway ${claim}`).digest('base64url')
  }
}
