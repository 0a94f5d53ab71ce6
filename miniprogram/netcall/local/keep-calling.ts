import type { Account } from '../types'
import { Timer } from '../timer'
import { TIMING } from './timing'

export interface Caller {
  /** Repeats the call; resolves with the accounts still to be called. */
  ask(accounts: Account[]): Promise<Account[]>
  /** The repetition failed. */
  failed(error: unknown): void
}

/** Repeats a call at a constant interval until all accounts have answered, or until stopped. */
export class KeepCalling {
  private readonly timer = new Timer()
  private accounts: Account[] = []
  private caller: Caller | null = null

  start(accounts: Account[], caller: Caller): void {
    this.accounts = accounts
    this.caller = caller
    this.next()
  }

  /** Repeats at once after a reconnect, because the service waits for it. */
  now(): void {
    if (this.accounts.length > 0) void this.repeat()
  }

  /** The account has answered. */
  forget(account: Account): void {
    this.accounts = this.accounts.filter((other) => other !== account)
    if (this.accounts.length === 0) this.stop()
  }

  stop(): void {
    this.accounts = []
    this.caller = null
    this.timer.stop()
  }

  private next(): void {
    if (this.accounts.length > 0) this.timer.start(TIMING.keepCallingInterval, () => void this.repeat())
  }

  private async repeat(): Promise<void> {
    const { caller } = this
    if (!caller) return
    // The interval does not depend on the service's answer, so that a slow one does not interrupt ringing.
    this.next()
    const asked = this.accounts
    try {
      const left = await caller.ask(asked)
      // An answer for an ended call does not affect the next one.
      if (caller === this.caller) for (const account of asked) if (!left.includes(account)) this.forget(account)
    } catch (error) {
      caller.failed(error)
    }
  }
}
