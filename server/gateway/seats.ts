import { KICK_REASON, type GatewayPush, type GatewayPushes, type KickReason } from '../../miniprogram/netcall/protocol'
import type { Timeline } from '../timeline'
import type { MediaLink, Seat } from './media-link'

/** Which link carries which media session: at most one for a member of a channel. */
export class Seats {
  private readonly byChannel = new Map<number, Map<number, MediaLink>>()

  constructor(private readonly timeline: Timeline) {}

  get count(): number {
    return [...this.byChannel.values()].reduce((sum, links) => sum + links.size, 0)
  }

  /** Seats the link; an older one of the same member has to go. */
  take(seat: Seat, link: MediaLink): void {
    this.putOut(seat.cid, seat.uid, KICK_REASON.replaced)
    const links = this.byChannel.get(seat.cid) ?? new Map<number, MediaLink>()
    this.byChannel.set(seat.cid, links)
    links.set(seat.uid, link)
    link.seat = seat
  }

  /** Tells the member's link, if it has one, that it lost its seat. Its place in the channel is another matter. */
  putOut(cid: number, uid: number, reason: KickReason): void {
    const link = this.of(cid, uid)
    if (!link) return
    const account = this.free(link)?.account ?? ''
    link.push('kicked', { cid, reason })
    this.timeline.add('gateway', 'kicked', { cid, account }, { kind: 'push', reason })
    link.close(reason)
  }

  /** Frees the link's seat, and says which it was. */
  free(link: MediaLink): Seat | null {
    const { seat } = link
    if (!seat) return null
    link.seat = null
    const links = this.byChannel.get(seat.cid)
    links?.delete(seat.uid)
    if (links?.size === 0) this.byChannel.delete(seat.cid)
    return seat
  }

  of(cid: number, uid: number): MediaLink | undefined {
    return this.byChannel.get(cid)?.get(uid)
  }

  inChannel(cid: number): MediaLink[] {
    return [...(this.byChannel.get(cid)?.values() ?? [])]
  }

  /** Tells everyone seated in a channel (but one), each in its own words. */
  pushEach<P extends GatewayPush>(
    cid: number,
    name: P,
    bodyFor: (seat: Seat, link: MediaLink) => GatewayPushes[P],
    exceptUid?: number,
  ): void {
    for (const link of this.inChannel(cid)) {
      if (!link.seat || link.seat.uid === exceptUid) continue
      const body = bodyFor(link.seat, link)
      link.push(name, body)
      const about = 'accid' in body ? { about: body.accid } : { reason: body.reason }
      this.timeline.add('gateway', name, { cid, account: link.seat.account }, { kind: 'push', ...about })
    }
  }

  push<P extends GatewayPush>(cid: number, name: P, body: GatewayPushes[P], exceptUid?: number): void {
    this.pushEach(cid, name, () => body, exceptUid)
  }
}
