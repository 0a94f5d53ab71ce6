/** A task that runs or waits. */
interface Task {
  /** Length of the call, ms. */
  readonly size: number
  started: boolean
  /** Start of the current wait, and the total of earlier waits, ms. */
  since: number
  waited: number
  /** When its current turn began, ms. */
  began: number
  wake: (() => void) | null
}

/** The running task yields to a task whose size is at most 1/4 of its own. */
const MUCH_SHORTER = 4
/** After this time in one turn its earlier waiting no longer counts: a long task that waited long yields to short ones again, ms. */
const LONGEST_TURN = 5_000
/** Maximum number of started tasks: each holds an ffmpeg process. */
const MOST_STARTED = 4

/**
 * Runs one task at a time. A much shorter task preempts a longer one at its next yield point. Waiting time is subtracted from a task's
 * size, so that no task waits forever.
 */
export class Turns {
  private readonly tasks = new Set<Task>()
  private current: Task | null = null

  /** `now`: monotonic clock, ms. */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Runs the work in its turn. `size`: length of the call, ms. The work awaits `turn` wherever it can be paused. */
  async run<Result>(size: number, work: (turn: () => Promise<void>) => Promise<Result>): Promise<Result> {
    const task: Task = { size, started: false, since: this.now(), waited: 0, began: 0, wake: null }
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
    this.current ??= task
    if (this.current !== task) {
      task.since = this.now()
      await new Promise<void>((resolve) => (task.wake = resolve))
      task.waited += this.now() - task.since
    }
    task.began = this.now()
  }

  private async giveWay(task: Task): Promise<void> {
    const next = this.next()
    const own = this.now() - task.began < LONGEST_TURN ? this.left(task) : task.size
    if (!next || this.left(next) * MUCH_SHORTER > own) return
    if (!next.started && [...this.tasks].filter(({ started }) => started).length >= MOST_STARTED) return
    this.pass()
    await this.take(task)
  }

  private pass(): void {
    const next = this.next()
    const wake = next?.wake
    this.current = next
    if (next) next.wake = null
    wake?.()
  }

  /** The waiting task with the smallest remaining size. */
  private next(): Task | null {
    let first: Task | null = null
    for (const task of this.tasks) {
      if (task.wake !== null && (!first || this.left(task) < this.left(first))) first = task
    }
    return first
  }

  /** Size minus waiting time. */
  private left({ size, waited, since, wake }: Task): number {
    return Math.max(0, size - waited - (wake === null ? 0 : this.now() - since))
  }
}
