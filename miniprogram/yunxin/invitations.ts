import type { Account, Cid } from '../netcall/types'

const SETTLED_KEPT = 100

/** Who calls me now, and which calls are settled: the SDK tells those again for as long as the caller repeats them. */
export class Invitations {
  private readonly open = new Map<Cid, Account>()
  private readonly settled = new Set<Cid>()

  /** False when the call is settled. */
  add(cid: Cid, caller: Account): boolean {
    if (this.settled.has(cid)) return false
    this.open.set(cid, caller)
    return true
  }

  caller(cid: Cid): Account | undefined {
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

  /** The number of the call that rings. */
  get ringing(): Cid | undefined {
    return [...this.open.keys()].at(-1)
  }

  clear(): void {
    this.open.clear()
  }
}
