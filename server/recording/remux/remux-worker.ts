import { once } from 'node:events'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Log } from '../../log'
import type { RemuxedParticipant, RemuxOrder } from './remux-participant'
import type { FileFacts } from './whole-file'
import type { Answer, Order } from './remux-thread'
import type { JoinOrder } from '../compose/join'
import { OneAtATime } from '../one-at-a-time'
import { codeOf, reasonOf } from '../reason'

/**
 * The remux thread died twice over one order. `exhausted`: both times it exceeded the time or memory that any call needs, so another
 * attempt is pointless; otherwise the spool is not to blame.
 */
export class RemuxWorkerError extends Error {
  override readonly name = 'RemuxWorkerError'
  constructor(
    message: string,
    readonly exhausted = false,
  ) {
    super(message)
  }
}

const THREAD = new URL('./remux-thread.mjs', import.meta.url)
/** Ten times what an hour's call needs. A larger spool ends the thread, not the service. MB */
const MEMORY_LIMIT = 1024
/** Young generation of a thread, MB. A larger one is not faster and keeps memory allocated. */
const YOUNG = 12
/** Maximum time for one order, ms. An hour's call takes seconds. */
export const TIME_LIMIT = 10 * 60_000
/** The same for a small order, and what a byte adds to it, ms. */
const LEAST_TIME = 60_000
const TIME_PER_BYTE = 1 / 1_000
/** A smaller order does not wait behind a larger one, bytes: about a second of the thread's time. */
const SMALL = 4 << 20
/** Estimated size of a mix, bytes. */
const BYTES_PER_FRAME = 10_000

interface RemuxWorkerOptions {
  /** The module that the threads run. */
  thread?: URL
}

/** Makes files from spools, and a mix from its parts. */
export type Remuxer = Pick<RemuxWorker, 'warm' | 'finish' | 'join'>

/**
 * Makes participants' files in threads, so that running calls are not affected. One thread always exists; a second one handles small orders
 * while the first has a large one.
 */
export class RemuxWorker {
  private readonly first: Lane
  private readonly second: Lane
  private readonly larges = new OneAtATime()
  /** The thread for large orders. */
  private large: Lane | null = null

  constructor(log: Log, { thread = THREAD }: RemuxWorkerOptions = {}) {
    this.first = new Lane(log, thread, true)
    this.second = new Lane(log, thread, false)
  }

  /** Starts the first thread ahead of time, which takes about a second. */
  warm(): void {
    this.first.warm()
  }

  /** As `remuxParticipant`. Rejects with a `RemuxWorkerError` if the thread died twice over it. */
  async finish(order: RemuxOrder): Promise<RemuxedParticipant> {
    return await this.run<RemuxedParticipant>(order, await sizeOf(order.folder))
  }

  /** As `joinMix`, in a thread. */
  async join(order: JoinOrder): Promise<FileFacts> {
    return await this.run<FileFacts>(order, order.frames * BYTES_PER_FRAME)
  }

  /** Ends the threads at once. */
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

/** 0 for an unreadable spool: the thread will report it. */
async function sizeOf(folder: string): Promise<number> {
  const names = await readdir(folder).catch(() => [])
  const sizes = names.map(async (name) => (await stat(join(folder, name)).catch(() => null))?.size ?? 0)
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
}

/** A thread with its queue of orders. If it dies, it is replaced and its order is tried once more. */
class Lane {
  private readonly queue = new OneAtATime()
  private worker: Worker | null = null
  private waiting = 0
  private closed = false

  /** `kept`: the thread stays alive without orders. */
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
      this.log.error({ err: error }, 'recording: starting the remux thread failed')
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

  /** `limit`: maximum time, ms. */
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
      throw new RemuxWorkerError(`The remux thread died (${reasonOf(error)}).`, exhausted)
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
      this.log.error({ err: error }, 'recording: remux thread failed')
      forget()
    })
    worker.unref()
    this.worker = worker
    return worker
  }
}

class OutOfTime extends Error {}

/** Rejects with the reason if the worker dies before it answers. */
async function ask<Result>(worker: Worker, order: Order, limit: number): Promise<Answer<Result>> {
  const listening = new AbortController()
  // Rejects with uncaught errors of the thread.
  const next = async (event: 'message' | 'exit') => await once(worker, event, { signal: listening.signal })
  let late = false
  const timer = setTimeout(() => {
    late = true
    void worker.terminate()
  }, limit)
  // Keeps the process alive until the answer; an idle thread does not.
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
