import type { SignalNotifications } from '../protocol'
import type { Cid } from '../types'

export type Invitation = SignalNotifications['beCalled']

const INVITATIONS_KEPT = 20
const SETTLED_KEPT = 100

/** Incoming calls. Settled ones do not ring again, however often the caller repeats them. */
export class Invitations {
  private readonly open = new Map<Cid, Invitation>()
  private readonly settled = new Set<Cid>()

  /** False if the call is settled. */
  add(invitation: Invitation): boolean {
    if (this.settled.has(invitation.channelId)) return false
    this.open.set(invitation.channelId, invitation)
    trim(this.open, INVITATIONS_KEPT)
    return true
  }

  get(cid: Cid): Invitation | undefined {
    return this.open.get(cid)
  }

  /** The call was answered or has ended. Returns whether it was still ringing. */
  settle(cid: Cid): boolean {
    this.settled.add(cid)
    trim(this.settled, SETTLED_KEPT)
    return this.open.delete(cid)
  }

  /** The answer did not reach the service: the call may ring again, unless the account has signed out. */
  reopen(invitation: Invitation): void {
    if (this.settled.delete(invitation.channelId)) this.add(invitation)
  }

  /** Ringing calls that the service no longer has: they ended while disconnected. */
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

/** Drops the oldest entries above the limit. */
function trim(
  entries: { readonly size: number; keys(): Iterable<Cid>; delete(cid: Cid): boolean },
  kept: number,
): void {
  for (const cid of entries.keys()) {
    if (entries.size <= kept) return
    entries.delete(cid)
  }
}
