import { NETCALL_TIMING } from '../../netcall/constants'
import type { Account } from '../../netcall/types'
import { isInRoom, type CallState } from '../state'

/** Waits for each invited account as long as in a one-to-one call, from when the room exists. */
export class InviteTimers {
  private readonly timers = new Map<Account, ReturnType<typeof setTimeout>>()

  /** @param giveUp called once for an account that did not answer */
  constructor(private readonly giveUp: (room: string, account: Account) => void) {}

  follow(state: CallState): void {
    const ringing = isInRoom(state) ? state.invitees.filter((invitee) => invitee.state === 'ringing') : []
    for (const [account, timer] of this.timers) {
      if (ringing.some((invitee) => invitee.account === account)) continue
      clearTimeout(timer)
      this.timers.delete(account)
    }
    if (!isInRoom(state)) return
    const { room } = state
    for (const { account } of ringing) {
      if (this.timers.has(account)) continue
      this.timers.set(
        account,
        setTimeout(() => this.giveUp(room, account), NETCALL_TIMING.callTimeout),
      )
    }
  }
}
