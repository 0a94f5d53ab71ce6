import type { Account } from '../types'
import { Timer } from './timer'

export interface Caller {
  /** Calls the accounts again; resolves with those still to be called. */
  ask(accounts: Account[]): Promise<Account[]>
  /** The service could not repeat the call. */
  failed(error: unknown): void
}

/** Repeats a call in a steady rhythm until nobody is left to be called, or until it is stopped. */
export class KeepCalling {
  private readonly interval: number
  private readonly timer = new Timer()
  private accounts: Account[] = []

  constructor(interval: number) {
    this.interval = interval
  }

  start(accounts: Account[], caller: Caller): void {
    this.accounts = accounts
    this.next(caller)
  }

  /** The account has answered. */
  forget(account: Account): void {
    this.accounts = this.accounts.filter((other) => other !== account)
    if (this.accounts.length === 0) this.stop()
  }

  stop(): void {
    this.accounts = []
    this.timer.stop()
  }

  private next(caller: Caller): void {
    if (this.accounts.length > 0) this.timer.start(this.interval, () => void this.repeat(caller))
  }

  private async repeat(caller: Caller): Promise<void> {
    // The rhythm goes on while the service answers, so that a slow answer does not make the ringing stutter.
    this.next(caller)
    const asked = this.accounts
    try {
      const left = await caller.ask(asked)
      for (const account of asked) if (!left.includes(account)) this.forget(account)
    } catch (error) {
      caller.failed(error)
    }
  }
}
