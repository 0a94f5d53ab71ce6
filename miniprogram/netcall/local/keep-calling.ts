import type { Account } from '../types'
import { Timer } from '../timer'
import { TIMING } from './timing'

export interface Caller {
  /** Calls the accounts again; resolves with those still to be called. */
  ask(accounts: Account[]): Promise<Account[]>
  /** The service could not repeat the call. */
  failed(error: unknown): void
}

/** Repeats a call in a steady rhythm until nobody is left to be called, or until it is stopped. */
export class KeepCalling {
  private readonly timer = new Timer()
  private accounts: Account[] = []
  private caller: Caller | null = null

  start(accounts: Account[], caller: Caller): void {
    this.accounts = accounts
    this.caller = caller
    this.next()
  }

  /** Calls again at once: the link was away, and the service has waited for it. */
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
    // The rhythm goes on while the service answers, so that a slow answer does not make the ringing stutter.
    this.next()
    const asked = this.accounts
    try {
      const left = await caller.ask(asked)
      // An answer of a call that is over says nothing about the next one.
      if (caller === this.caller) for (const account of asked) if (!left.includes(account)) this.forget(account)
    } catch (error) {
      caller.failed(error)
    }
  }
}
