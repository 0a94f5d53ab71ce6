/** A task of some length, while it is under way. */
interface Task {
  /** ms of the call. */
  readonly size: number
  started: boolean
  /** Since when it waits, and how long it did before, ms. */
  since: number
  waited: number
  wake: (() => void) | null
}

/** A task gives way to one of a fraction of its size. */
const MUCH_SHORTER = 4
/** So many stand still half done at the most: each holds a process. */
const MOST_STARTED = 4

/**
 * Lets one of several tasks go on at a time: short ones do not wait for long ones, which stand still meanwhile; who has waited long goes
 * before who came just now, so that nobody waits forever.
 */
export class Turns {
  private readonly tasks = new Set<Task>()
  private current: Task | null = null

  /** `size`: of the work, in ms of the call; `now`: a clock that only goes forward, ms. */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Runs the task when it is its turn; it asks again, by `turn`, wherever it can stand still. */
  async run<Result>(size: number, work: (turn: () => Promise<void>) => Promise<Result>): Promise<Result> {
    const task: Task = { size, started: false, since: this.now(), waited: 0, wake: null }
    this.tasks.add(task)
    try {
      await this.take(task)
      task.started = true
      return await work(async () => await this.giveWay(task))
    } finally {
      this.tasks.delete(task)
      if (this.current === task) this.pass()
    }
  }

  private async take(task: Task): Promise<void> {
    if (this.current === null) this.current = task
    if (this.current === task) return
    task.since = this.now()
    await new Promise<void>((resolve) => (task.wake = resolve))
    task.wake = null
    task.waited += this.now() - task.since
  }

  private async giveWay(task: Task): Promise<void> {
    const next = this.next()
    if (!next || this.left(next) * MUCH_SHORTER > this.left(task)) return
    if (!next.started && [...this.tasks].filter(({ started }) => started).length >= MOST_STARTED) return
    this.pass()
    await this.take(task)
  }

  private pass(): void {
    this.current = this.next()
    this.current?.wake?.()
  }

  /** Of those that wait, the one with the least before it. */
  private next(): Task | null {
    let first: Task | null = null
    for (const task of this.tasks) {
      if (task.wake !== null && (!first || this.left(task) < this.left(first))) first = task
    }
    return first
  }

  /** Its size, less for each time that it has waited. */
  private left({ size, waited, since, wake }: Task): number {
    return Math.max(0, size - waited - (wake === null ? 0 : this.now() - since))
  }
}
