import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { Log } from '../log'
import type { FinishedParticipant, FinishOrder } from './finish-participant'
import type { FileFacts } from './finished-file'
import type { Answer, Order } from './finisher-thread'
import type { JoinOrder } from './mix/join'
import { OneAtATime } from './one-at-a-time'
import { reasonOf } from './reason'

/** The thread that makes files died, twice over one participant: not to be held against the spool. */
export class FinisherError extends Error {
  override readonly name = 'FinisherError'
}

const THREAD = new URL('./finisher-thread.mjs', import.meta.url)
/** An hour's call takes a tenth of it. A spool that needs more ends the thread, not the service. MB */
const MEMORY_LIMIT = 1024
/** How long the thread may take over one participant before it is taken for dead, ms. An hour's call takes seconds of it. */
export const TIME_LIMIT = 10 * 60_000

export interface FinisherOptions {
  /** The module that the thread runs. */
  thread?: URL
}

/** What makes files of spools, and a mix of its parts. */
export type Remuxer = Pick<Finisher, 'warm' | 'finish' | 'join'>

/**
 * Makes participants' files in a thread, one after the other, so that calls that go on do not feel it. The thread is
 * started when it is first needed and kept; one that dies is replaced, and its order is tried once more.
 */
export class Finisher {
  private readonly queue = new OneAtATime()
  private worker: Worker | null = null
  private closed = false

  constructor(
    private readonly log: Log,
    private readonly options: FinisherOptions = {},
  ) {}

  /** Starts the thread, which takes about a second, before there is something to do for it. */
  warm(): void {
    try {
      this.running()
    } catch (error) {
      this.log.error({ err: error }, 'recording: the thread that makes files cannot be started')
    }
  }

  /** As `finishParticipant`; rejects with a `FinisherError` when the thread died over it twice. */
  async finish(order: FinishOrder): Promise<FinishedParticipant> {
    return await this.run<FinishedParticipant>(order)
  }

  /** As `joinMix`, in the same thread. */
  async join(order: JoinOrder): Promise<FileFacts> {
    return await this.run<FileFacts>(order)
  }

  /** Ends the thread, whatever it does. */
  async close(): Promise<void> {
    this.closed = true
    await this.worker?.terminate()
  }

  private async run<Result>(order: Order): Promise<Result> {
    const attempt = async (): Promise<Answer<Result>> => await this.attempt<Result>(order)
    const answer = await this.queue.run(async () => await attempt().catch(attempt))
    if ('done' in answer) return answer.done
    throw Object.assign(new Error(answer.problem), { code: answer.code })
  }

  private async attempt<Result>(order: Order): Promise<Answer<Result>> {
    try {
      return await ask<Result>(this.running(), order, TIME_LIMIT)
    } catch (error) {
      throw new FinisherError(`The thread that makes files died (${reasonOf(error)}).`)
    }
  }

  private running(): Worker {
    if (this.closed) throw new Error('the service stops')
    if (this.worker) return this.worker
    const resourceLimits = { maxOldGenerationSizeMb: MEMORY_LIMIT }
    const worker = new Worker(this.options.thread ?? THREAD, { execArgv: [], resourceLimits })
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

/** Rejects with the reason when the worker dies before it answers. */
async function ask<Result>(worker: Worker, order: Order, limit: number): Promise<Answer<Result>> {
  const listening = new AbortController()
  // Rejects with what the thread did not catch.
  const next = async (event: 'message' | 'exit') => await once(worker, event, { signal: listening.signal })
  const timer = setTimeout(() => void worker.terminate(), limit)
  // The program is not to end before the answer, but may while the thread has nothing to do.
  worker.ref()
  try {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    worker.postMessage(order)
    const died = next('exit').then(([code]) => Promise.reject(new Error(`exit code ${code}`)))
    const [answer]: Answer<Result>[] = await Promise.race([next('message'), died])
    if (answer === undefined) throw new Error('no answer')
    return answer
  } finally {
    clearTimeout(timer)
    listening.abort()
    worker.unref()
  }
}
