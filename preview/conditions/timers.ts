/** The mini-program's own timers: they stand still while its scripts do, can be counted, and tests can advance them. */
import type { Switch } from '../runtime/emitter'

interface Timer {
  /** On this clock, ms. */
  at: number
  /** Of an interval, ms; null fires once. */
  every: number | null
  handle: ReturnType<typeof setTimeout> | undefined
  /** Fell due while everything stood still. */
  due: boolean
  run(): void
}
type Run = (...values: unknown[]) => void

/** Of an interval, ms: none may fire without end at one moment. */
const SHORTEST = 1

export class Timers {
  private readonly timers = new Map<number, Timer>()
  private next = 1
  /** By how much tests have advanced this clock, ms. */
  private ahead = 0

  constructor(private readonly suspended: Switch) {
    suspended.changes.add((on) => {
      if (!on) this.catchUp()
    })
  }

  /** Those that will still fire. */
  get size(): number {
    return this.timers.size
  }

  readonly setTimeout = (run: Run, delay = 0, ...values: unknown[]): number => this.add(delay, null, run, values)
  readonly setInterval = (run: Run, delay = 0, ...values: unknown[]): number =>
    this.add(delay, Math.max(SHORTEST, delay), run, values)
  readonly clear = (id?: number): void => {
    if (id === undefined) return
    clearTimeout(this.timers.get(id)?.handle)
    this.timers.delete(id)
  }

  /** The globals of the same names. */
  readonly globals = {
    setTimeout: this.setTimeout,
    setInterval: this.setInterval,
    clearTimeout: this.clear,
    clearInterval: this.clear,
  }

  /** Fires what falls due within the next `duration` ms, in its order, without waiting for it. `Date` stays as it is. */
  async advance(duration: number): Promise<void> {
    const end = this.now() + duration
    for (;;) {
      const [id, timer] = this.first()
      if (!timer || timer.at > end) break
      this.ahead += Math.max(0, timer.at - this.now())
      this.elapsed(id)
      // what it has promised comes before the next one
      await new Promise((resolve) => setTimeout(resolve))
    }
    this.ahead += Math.max(0, end - this.now())
    for (const [id, timer] of this.timers) this.arm(id, timer)
  }

  private now(): number {
    return performance.now() + this.ahead
  }
  private first(): [id: number, timer?: Timer] {
    const waiting = [...this.timers].filter(([, { due }]) => !due)
    return waiting.reduce<[number, Timer?]>((first, one) => (!first[1] || one[1].at < first[1].at ? one : first), [0])
  }

  private add(delay: number, every: number | null, run: Run, values: unknown[]): number {
    const id = this.next++
    const timer = { at: this.now() + delay, every, handle: undefined, due: false, run: () => run(...values) }
    this.timers.set(id, timer)
    this.arm(id, timer)
    return id
  }
  private arm(id: number, timer: Timer): void {
    clearTimeout(timer.handle)
    timer.handle = timer.due ? undefined : setTimeout(() => this.elapsed(id), timer.at - this.now())
  }

  private elapsed(id: number): void {
    const timer = this.timers.get(id)
    if (!timer) return
    if (this.suspended.on) timer.due = true
    else this.fire(id, timer)
  }
  private fire(id: number, timer: Timer): void {
    clearTimeout(timer.handle)
    if (timer.every === null) this.timers.delete(id)
    else {
      // in its rhythm, without making up for what a stopped browser missed
      timer.at = Math.max(timer.at, this.now() - timer.every) + timer.every
      this.arm(id, timer)
    }
    timer.run()
  }

  private catchUp(): void {
    for (const [id, timer] of this.timers) {
      if (!timer.due) continue
      timer.due = false
      // each on its own: one that throws keeps no other from firing
      timer.handle = setTimeout(() => this.elapsed(id))
    }
  }
}
