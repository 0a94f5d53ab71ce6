/** The mini-program's own timers: they stand still while its scripts do, and can be counted. */
import type { Switch } from '../runtime/emitter'

interface Timer {
  stop(): void
  /** Fell due while everything stood still. */
  due: boolean
  fire(): void
}
type Run = (...values: unknown[]) => void

export class Timers {
  private readonly timers = new Map<number, Timer>()
  private next = 1

  constructor(private readonly suspended: Switch) {
    suspended.changes.add((on) => {
      if (!on) this.catchUp()
    })
  }

  /** Those that will still fire. */
  get size(): number {
    return this.timers.size
  }

  readonly setTimeout = (run: Run, delay = 0, ...values: unknown[]): number => {
    const id = this.next++
    const handle = setTimeout(() => this.elapsed(id), delay)
    const fire = (): void => {
      this.timers.delete(id)
      run(...values)
    }
    this.timers.set(id, { stop: () => clearTimeout(handle), due: false, fire })
    return id
  }
  readonly setInterval = (run: Run, delay = 0, ...values: unknown[]): number => {
    const id = this.next++
    const handle = setInterval(() => this.elapsed(id), delay)
    this.timers.set(id, { stop: () => clearInterval(handle), due: false, fire: () => run(...values) })
    return id
  }
  readonly clear = (id?: number): void => {
    if (id === undefined) return
    this.timers.get(id)?.stop()
    this.timers.delete(id)
  }

  /** The globals of the same names. */
  readonly globals = {
    setTimeout: this.setTimeout,
    setInterval: this.setInterval,
    clearTimeout: this.clear,
    clearInterval: this.clear,
  }

  private elapsed(id: number): void {
    const timer = this.timers.get(id)
    if (!timer) return
    if (this.suspended.on) timer.due = true
    else timer.fire()
  }

  private catchUp(): void {
    for (const [id, timer] of this.timers) {
      if (!timer.due) continue
      timer.due = false
      // each on its own: one that throws keeps no other from firing
      setTimeout(() => this.elapsed(id))
    }
  }
}
