import type { SignalNotifications } from '../protocol'
import type { Cid } from '../types'

export type Invitation = SignalNotifications['beCalled']

const INVITATIONS_KEPT = 20
const SETTLED_KEPT = 100

/** Who calls me now, and which calls are settled: those ring no more, however often the caller repeats them. */
export class Invitations {
  private readonly open = new Map<Cid, Invitation>()
  private readonly settled = new Set<Cid>()

  /** False when the call is settled. */
  add(invitation: Invitation): boolean {
    if (this.settled.has(invitation.channelId)) return false
    this.open.set(invitation.channelId, invitation)
    trim(this.open, INVITATIONS_KEPT)
    return true
  }

  get(cid: Cid): Invitation | undefined {
    return this.open.get(cid)
  }

  /** The call is answered or over. Tells whether it was still ringing here. */
  settle(cid: Cid): boolean {
    this.settled.add(cid)
    trim(this.settled, SETTLED_KEPT)
    return this.open.delete(cid)
  }

  /** An answer did not reach the service: the call may ring again, unless I have signed out since. */
  reopen(invitation: Invitation): void {
    if (this.settled.delete(invitation.channelId)) this.add(invitation)
  }

  /** Those that ring here and are not among the service's calls any more: over while the link was away. */
  outdated(calls: readonly Cid[]): Invitation[] {
    return [...this.open.values()].filter(({ channelId }) => !calls.includes(channelId))
  }

  get ringing(): Invitation | undefined {
    return [...this.open.values()].at(-1)
  }

  clear(): void {
    this.open.clear()
    this.settled.clear()
  }
}

/** Forgets the oldest entries beyond the bound. */
function trim(
  entries: { readonly size: number; keys(): Iterable<Cid>; delete(cid: Cid): boolean },
  kept: number,
): void {
  for (const cid of entries.keys()) {
    if (entries.size <= kept) return
    entries.delete(cid)
  }
}
