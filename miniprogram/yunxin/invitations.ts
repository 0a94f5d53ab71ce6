import type { Account, Cid } from '../netcall/types'

const SETTLED_KEPT = 100

/** A ringing call; `told`: the last IM event. */
export interface Invitation {
  caller: Account
  told: unknown
}

/** Incoming calls. Settled ones do not ring again, however often the caller repeats them. */
export class Invitations {
  private readonly open = new Map<Cid, Invitation>()
  private readonly settled = new Set<Cid>()

  /** False if the call is settled. */
  add(cid: Cid, invitation: Invitation): boolean {
    if (this.settled.has(cid)) return false
    this.open.set(cid, invitation)
    return true
  }

  get(cid: Cid): Invitation | undefined {
    return this.open.get(cid)
  }

  /** The call was answered or has ended. Returns whether it was still ringing. */
  settle(cid: Cid): boolean {
    this.settled.add(cid)
    for (const oldest of this.settled) {
      if (this.settled.size <= SETTLED_KEPT) break
      this.settled.delete(oldest)
    }
    return this.open.delete(cid)
  }

  /** The answer did not reach the service: the call may ring again, unless the account has signed out. */
  reopen(cid: Cid, invitation: Invitation): void {
    if (this.settled.delete(cid)) this.open.set(cid, invitation)
  }

  /** The channel id of the ringing call. */
  get ringing(): Cid | undefined {
    return [...this.open.keys()].at(-1)
  }

  clear(): void {
    this.open.clear()
    this.settled.clear()
  }
}
