import { CODE } from './constants'
import { NetcallError } from './errors'
import { asNetcallError } from './failures'
import type { Account, Cid } from './types'

/** An incoming call; `told`: the notification of it, as the provider needs it for an answer. */
export interface Invitation<Told> {
  caller: Account
  told: Told
}

const RINGING_KEPT = 20
const SETTLED_KEPT = 100

/** Incoming calls of an instance. Settled ones do not ring again, however often the caller repeats them. */
export class Invitations<Told> {
  private readonly open = new Map<Cid, Invitation<Told>>()
  private readonly settled = new Set<Cid>()

  /** False if the call is settled. */
  add(cid: Cid, invitation: Invitation<Told>): boolean {
    if (this.settled.has(cid)) return false
    this.open.set(cid, invitation)
    trim(this.open, RINGING_KEPT)
    return true
  }

  has(cid: Cid): boolean {
    return this.open.has(cid)
  }

  /** The notification of the call that is to be answered. Throws a `NetcallError` `wrong-state` if this caller does not call with it. */
  from(caller: Account, cid: Cid): Told {
    const invitation = this.open.get(cid)
    if (invitation?.caller === caller) return invitation.told
    throw new NetcallError('wrong-state', `response: ${caller} does not call with cid ${cid}`, { code: CODE.notFound })
  }

  /**
   * Settles a call and sends its answer. If the answer does not reach the service, the call may ring again, unless the account has signed
   * out meanwhile; `failed` is called before. Rejects with a `NetcallError`.
   */
  async answer(cid: Cid, send: () => Promise<unknown>, failed: () => void): Promise<void> {
    const invitation = this.open.get(cid)
    this.settle(cid)
    try {
      await send()
    } catch (error) {
      failed()
      const failure = asNetcallError(error)
      const isUnsent = failure.reason === 'not-connected' || failure.reason === 'timeout'
      if (isUnsent && invitation && this.settled.delete(cid)) this.add(cid, invitation)
      throw failure
    }
  }

  /** The call was answered or has ended. Returns whether it was still ringing. */
  settle(cid: Cid): boolean {
    this.settled.add(cid)
    trim(this.settled, SETTLED_KEPT)
    return this.open.delete(cid)
  }

  /** Ringing calls that the service no longer has: they ended while disconnected. */
  outdated(calls: readonly Cid[]): { cid: Cid; caller: Account }[] {
    return [...this.open].flatMap(([cid, { caller }]) => (calls.includes(cid) ? [] : [{ cid, caller }]))
  }

  /** The latest ringing call. */
  get ringing(): { cid: Cid; told: Told } | undefined {
    const [last] = [...this.open].slice(-1)
    return last && { cid: last[0], told: last[1].told }
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
