import type { GatewayPush, GatewayPushes } from '../../miniprogram/netcall/protocol'
import type { Timeline } from '../timeline'
import type { MediaLink, Seat } from './media-link'

/** Which link carries which media session: at most one for a member of a channel. */
export class Seats {
  private readonly byChannel = new Map<number, Map<number, MediaLink>>()

  constructor(private readonly timeline: Timeline) {}

  get count(): number {
    return [...this.byChannel.values()].reduce((sum, links) => sum + links.size, 0)
  }

  /** Seats the link; an older one of the same member is put out. */
  take(seat: Seat, link: MediaLink): void {
    const links = this.byChannel.get(seat.cid) ?? new Map<number, MediaLink>()
    this.byChannel.set(seat.cid, links)
    const older = links.get(seat.uid)
    links.set(seat.uid, link)
    link.seat = seat
    if (!older) return
    older.seat = null
    older.push('kicked', { cid: seat.cid, reason: 'the same account logged in again' })
    older.close('the same account logged in again')
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
    bodyFor: (link: MediaLink) => GatewayPushes[P],
    exceptUid?: number,
  ): void {
    for (const link of this.inChannel(cid)) {
      if (!link.seat || link.seat.uid === exceptUid) continue
      const body = bodyFor(link)
      link.push(name, body)
      const about = 'accid' in body ? { about: body.accid } : { reason: body.reason }
      this.timeline.add('gateway', name, { cid, account: link.seat.account }, { kind: 'push', ...about })
    }
  }

  push<P extends GatewayPush>(cid: number, name: P, body: GatewayPushes[P], exceptUid?: number): void {
    this.pushEach(cid, name, () => body, exceptUid)
  }
}
