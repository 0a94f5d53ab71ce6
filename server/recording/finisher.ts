import { once } from 'node:events'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Log } from '../log'
import type { FinishedParticipant, FinishOrder } from './finish-participant'
import type { FileFacts } from './finished-file'
import type { Answer, Order } from './finisher-thread'
import type { JoinOrder } from './mix/join'
import { OneAtATime } from './one-at-a-time'
import { codeOf, reasonOf } from './reason'

/**
 * The thread that makes files died, twice over one order. `exhausted`: each time it needed more time or memory than any call does, and
 * would again; else it is not to be held against the spool.
 */
export class FinisherError extends Error {
  override readonly name = 'FinisherError'
  constructor(
    message: string,
    readonly exhausted = false,
  ) {
    super(message)
  }
}

const THREAD = new URL('./finisher-thread.mjs', import.meta.url)
/** An hour's call takes a tenth of it. A spool that needs more ends the thread, not the service. MB */
const MEMORY_LIMIT = 1024
/** Young generation of a thread. A larger one is not faster, and the process keeps its memory, MB. */
const YOUNG = 12
/** How long the thread may take over one order before it is taken for dead, ms. An hour's call takes seconds of it. */
export const TIME_LIMIT = 10 * 60_000
/** The same for a small order, and what a byte adds to it, ms. */
const LEAST_TIME = 60_000
const TIME_PER_BYTE = 1 / 1_000
/** An order for less does not wait behind one for more, bytes: a second of the thread's time at the most. */
const SMALL = 4 << 20
/** Of a mix, generously, bytes. */
const BYTES_PER_FRAME = 10_000

export interface FinisherOptions {
  /** The module that the threads run. */
  thread?: URL
}

/** What makes files of spools, and a mix of its parts. */
export type Remuxer = Pick<Finisher, 'warm' | 'finish' | 'join'>

/**
 * Makes participants' files in threads, so that calls that go on do not feel it. One thread is always there. A second one works while the
 * first has a large order: a short call does not wait for a long one.
 */
export class Finisher {
  private readonly first: Lane
  private readonly second: Lane
  private readonly larges = new OneAtATime()
  /** Where a large order is worked on. */
  private large: Lane | null = null

  constructor(log: Log, { thread = THREAD }: FinisherOptions = {}) {
    this.first = new Lane(log, thread, true)
    this.second = new Lane(log, thread, false)
  }

  /** Starts the first thread, which takes about a second, before there is something to do for it. */
  warm(): void {
    this.first.warm()
  }

  /** As `finishParticipant`; rejects with a `FinisherError` when the thread died over it twice. */
  async finish(order: FinishOrder): Promise<FinishedParticipant> {
    return await this.run<FinishedParticipant>(order, await sizeOf(order.folder))
  }

  /** As `joinMix`, in a thread as well. */
  async join(order: JoinOrder): Promise<FileFacts> {
    return await this.run<FileFacts>(order, order.frames * BYTES_PER_FRAME)
  }

  /** Ends the threads, whatever they do. */
  async close(): Promise<void> {
    await Promise.all([this.first.close(), this.second.close()])
  }

  private async run<Result>(order: Order, size: number): Promise<Result> {
    const limit = Math.min(TIME_LIMIT, LEAST_TIME + size * TIME_PER_BYTE)
    if (size < SMALL) return await (this.large === this.first ? this.second : this.first).run<Result>(order, limit)
    return await this.larges.run(async () => {
      this.large = this.first.isIdle ? this.first : this.second
      try {
        return await this.large.run<Result>(order, limit)
      } finally {
        this.large = null
      }
    })
  }
}

/** Of a spool that cannot be read 0: that, the thread will say. */
async function sizeOf(folder: string): Promise<number> {
  const names = await readdir(folder).catch(() => [])
  const sizes = names.map(async (name) => (await stat(join(folder, name)).catch(() => null))?.size ?? 0)
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
}

/** A thread and its orders, one after the other. One that dies is replaced, and its order is tried once more. */
class Lane {
  private readonly queue = new OneAtATime()
  private worker: Worker | null = null
  private waiting = 0
  private closed = false

  /** `kept`: the thread stays when there is nothing left to do. */
  constructor(
    private readonly log: Log,
    private readonly thread: URL,
    private readonly kept: boolean,
  ) {}

  get isIdle(): boolean {
    return this.waiting === 0
  }

  warm(): void {
    try {
      this.running()
    } catch (error) {
      this.log.error({ err: error }, 'recording: the thread that makes files cannot be started')
    }
  }

  async close(): Promise<void> {
    this.closed = true
    await this.end()
  }

  private async end(): Promise<void> {
    const { worker } = this
    this.worker = null
    await worker?.terminate()
  }

  /** `limit`: how long it may take, ms. */
  async run<Result>(order: Order, limit: number): Promise<Result> {
    const attempt = async (): Promise<Answer<Result>> => await this.attempt<Result>(order, limit)
    this.waiting++
    try {
      const answer = await this.queue.run(async () => await attempt().catch(attempt))
      if ('done' in answer) return answer.done
      throw Object.assign(new Error(answer.problem), { code: answer.code })
    } finally {
      this.waiting--
      if (this.waiting === 0 && !this.kept) await this.end()
    }
  }

  private async attempt<Result>(order: Order, limit: number): Promise<Answer<Result>> {
    try {
      return await ask<Result>(this.running(), order, limit)
    } catch (error) {
      const exhausted = error instanceof OutOfTime || codeOf(error) === 'ERR_WORKER_OUT_OF_MEMORY'
      throw new FinisherError(`The thread that makes files died (${reasonOf(error)}).`, exhausted)
    }
  }

  private running(): Worker {
    if (this.closed) throw new Error('the service stops')
    if (this.worker) return this.worker
    const resourceLimits = { maxOldGenerationSizeMb: MEMORY_LIMIT, maxYoungGenerationSizeMb: YOUNG }
    const worker = new Worker(this.thread, { execArgv: [], resourceLimits })
    const forget = (): void => void (this.worker = this.worker === worker ? null : this.worker)
    worker.on('exit', forget)
    worker.on('error', (error) => {
      this.log.error({ err: error }, 'recording: the thread that makes files failed')
      forget()
    })
    worker.unref()
    this.worker = worker
    return worker
  }
}

class OutOfTime extends Error {}

/** Rejects with the reason when the worker dies before it answers. */
async function ask<Result>(worker: Worker, order: Order, limit: number): Promise<Answer<Result>> {
  const listening = new AbortController()
  // Rejects with what the thread did not catch.
  const next = async (event: 'message' | 'exit') => await once(worker, event, { signal: listening.signal })
  let late = false
  const timer = setTimeout(() => {
    late = true
    void worker.terminate()
  }, limit)
  // The program is not to end before the answer, but may while the thread has nothing to do.
  worker.ref()
  try {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    worker.postMessage(order)
    const died = next('exit').then(([code]) =>
      Promise.reject(late ? new OutOfTime('it took too long') : new Error(`exit code ${code}`)),
    )
    const [answer]: Answer<Result>[] = await Promise.race([next('message'), died])
    if (answer === undefined) throw new Error('no answer')
    return answer
  } finally {
    clearTimeout(timer)
    listening.abort()
    worker.unref()
  }
}
