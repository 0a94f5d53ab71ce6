import type { Account, Cid } from '../netcall/types'

const SETTLED_KEPT = 100

/** A call that rings here; `told` is how the IM side told it last. */
export interface Invitation {
  caller: Account
  told: unknown
}

/** Who calls me now, and which calls are settled: those ring no more, however often the caller repeats them. */
export class Invitations {
  private readonly open = new Map<Cid, Invitation>()
  private readonly settled = new Set<Cid>()

  /** False when the call is settled. */
  add(cid: Cid, invitation: Invitation): boolean {
    if (this.settled.has(cid)) return false
    this.open.set(cid, invitation)
    return true
  }

  get(cid: Cid): Invitation | undefined {
    return this.open.get(cid)
  }

  /** The call is answered or over. Tells whether it was still ringing here. */
  settle(cid: Cid): boolean {
    this.settled.add(cid)
    for (const oldest of this.settled) {
      if (this.settled.size <= SETTLED_KEPT) break
      this.settled.delete(oldest)
    }
    return this.open.delete(cid)
  }

  /** An answer did not reach the service: the call may ring again, unless I have signed out since. */
  reopen(cid: Cid, invitation: Invitation): void {
    if (this.settled.delete(cid)) this.open.set(cid, invitation)
  }

  /** The number of the call that rings. */
  get ringing(): Cid | undefined {
    return [...this.open.keys()].at(-1)
  }

  clear(): void {
    this.open.clear()
    this.settled.clear()
  }
}
