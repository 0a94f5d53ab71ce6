/** The mini-program's timers: they are suspended with its scripts, can be counted, and can be advanced by tests. */
import type { Switch } from '../runtime/emitter'

interface Timer {
  /** Due time on this clock, ms. */
  at: number
  /** Interval, ms; null fires once. */
  every: number | null
  handle: ReturnType<typeof setTimeout> | undefined
  /** Became due while suspended. */
  due: boolean
  run(): void
}
type Run = (...values: unknown[]) => void

/** Minimum interval, ms: avoids endless firing at one moment. */
const SHORTEST = 1

export class Timers {
  private readonly timers = new Map<number, Timer>()
  private next = 1
  /** How far tests have advanced this clock, ms. */
  private ahead = 0

  constructor(private readonly suspended: Switch) {
    suspended.changes.add((on) => {
      if (!on) this.catchUp()
    })
  }

  /** Pending timers. */
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

  /** Replacements of the globals. */
  readonly globals = {
    setTimeout: this.setTimeout,
    setInterval: this.setInterval,
    clearTimeout: this.clear,
    clearInterval: this.clear,
  }

  /** Fires in order what becomes due within `duration` ms, without waiting. `Date` is not changed. */
  async advance(duration: number): Promise<void> {
    const end = this.now() + duration
    for (;;) {
      const [id, timer] = this.first()
      if (!timer || timer.at > end) break
      this.ahead += Math.max(0, timer.at - this.now())
      this.elapsed(id)
      // Microtasks run before the next timer.
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
      // Keeps its rhythm, without catching up after the browser was stopped.
      timer.at = Math.max(timer.at, this.now() - timer.every) + timer.every
      this.arm(id, timer)
    }
    timer.run()
  }

  private catchUp(): void {
    for (const [id, timer] of this.timers) {
      if (!timer.due) continue
      timer.due = false
      // Separately: an exception does not keep the others from firing.
      timer.handle = setTimeout(() => this.elapsed(id))
    }
  }
}
