import { createHmac } from 'node:crypto'
import { sameText } from '../tokens'

/** The media session that an address of the gateway is made for: one stay of one member. */
export interface Ticket {
  cid: number
  uid: number
  stay: number
}
export interface ReadTicket extends Ticket {
  /** Too old for a first login. Members that have a media session may still come back with it. */
  expired: boolean
}

/** How long a member has from ringing or joining to its first login, ms. */
export const TICKET_TTL = 10 * 60_000

const PART = /^[0-9a-z]{1,11}$/

/**
 * Signed proofs that a client is a channel's member, `<cid>.<uid>.<stay>.<expires, ms>.<HMAC>` with numbers in base 36. Each member gets its own
 * in `serverMap`; nothing is stored of them.
 */
export class Tickets {
  constructor(private readonly secret: string) {}

  issue({ cid, uid, stay }: Ticket): string {
    const claim = [cid, uid, stay, Date.now() + TICKET_TTL].map((part) => part.toString(36)).join('.')
    return `${claim}.${this.sign(claim)}`
  }

  /** Verifies a ticket. Returns null if it is malformed or not signed by this service. */
  read(ticket: string): ReadTicket | null {
    const [cid, uid, stay, expires, signature, ...rest] = ticket.split('.')
    if (!cid || !uid || !stay || !expires || !signature || rest.length > 0) return null
    const parts = [cid, uid, stay, expires]
    if (!parts.every((part) => PART.test(part)) || !sameText(signature, this.sign(parts.join('.')))) return null
    return {
      cid: parseInt(cid, 36),
      uid: parseInt(uid, 36),
      stay: parseInt(stay, 36),
      expired: parseInt(expires, 36) <= Date.now(),
    }
  }

  private sign(claim: string): string {
    return createHmac('sha256', this.secret).update(`gateway ${claim}`).digest('base64url')
  }
}
