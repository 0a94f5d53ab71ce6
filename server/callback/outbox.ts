import type { Log } from '../log'
import type { OutboxRow, Store } from '../store/types'
import type { Timeline } from '../timeline'
import { RETRY_POLICY, retryDelay, type RetryPolicy } from './backoff'
import type { EventType } from './bodies'
import { deliver, type CallbackTarget } from './delivery'

/** Maximum number of concurrent deliveries. */
const PARALLEL = 8
/** Poll interval of the queue, ms: `npm run callbacks` puts events back from another process. */
export const LOOK = 2_000

interface OutboxOptions {
  store: Store
  timeline: Timeline
  log: Log
  target(): CallbackTarget
  /** Events that the app wants; all if omitted. */
  events?: readonly EventType[]
  policy?: RetryPolicy
  /** Called after each event that the receiver accepted. */
  sent?(): void
}

/**
 * Sends the events of the database's outbox until the receiver answers 200: the events of one call in order, calls in parallel. Events left
 * by a stopped service are sent after the next start.
 */
export class Outbox {
  private readonly policy: RetryPolicy
  private readonly sending = new Map<number, Promise<void>>()
  private readonly stopping = new AbortController()
  private timer: NodeJS.Timeout | undefined
  private started = false

  constructor(private readonly options: OutboxOptions) {
    this.policy = options.policy ?? RETRY_POLICY
  }

  start(): void {
    this.started = true
    this.send()
  }

  /** Stores an event and sends it in its turn. Ignores events that the app does not want. */
  enqueue(cid: number, eventType: EventType, body: string): void {
    const { store, timeline, events } = this.options
    if (events && !events.includes(eventType)) return
    store.enqueue({ cid, eventType, body, now: Date.now() })
    timeline.add('callback', 'waiting', { cid }, { eventType })
    // Not synchronously: the surrounding transaction may still be rolled back.
    this.wait(0)
  }

  /** Sends failed and waiting events now. Returns false if the call has no unsent event. */
  resend(cid: number): boolean {
    const unsent = this.options.store.outbox(cid).filter(({ state }) => state !== 'sent')
    for (const { id } of unsent.filter(({ id }) => !this.sending.has(id))) {
      this.options.store.updateOutbox(id, { state: 'waiting', attempts: 0, nextAttemptAt: Date.now() })
    }
    this.send()
    return unsent.length > 0
  }

  /** Aborts running deliveries; they do not count as attempts. */
  async close(): Promise<void> {
    this.started = false
    clearTimeout(this.timer)
    this.stopping.abort()
    await Promise.all(this.sending.values())
  }

  /** While the database cannot be written, the service keeps running and the callback is kept. */
  private send(): void {
    if (!this.started) return
    clearTimeout(this.timer)
    try {
      this.sendDue()
    } catch (error) {
      this.complain(error)
      this.wait(this.policy.firstDelay)
    }
  }

  private wait(ms: number): void {
    clearTimeout(this.timer)
    if (this.started) this.timer = setTimeout(() => this.send(), ms)
  }

  private complain(error: unknown): void {
    this.options.log.error({ err: error }, 'callback: storing failed, trying again')
  }

  private sendDue(): void {
    const { store } = this.options
    const now = Date.now()
    for (const row of store.due(now, PARALLEL - this.sending.size)) {
      // Postponed while a delivery runs, so that it is due again if the service dies meanwhile.
      store.updateOutbox(row.id, { nextAttemptAt: now + 2 * this.policy.timeout })
      const delivery = this.attempt(row)
        .catch((error: unknown) => this.complain(error))
        .finally(() => {
          this.sending.delete(row.id)
          this.send()
        })
      this.sending.set(row.id, delivery)
    }
    if (this.sending.size === PARALLEL) return
    const next = store.nextDue() ?? now + LOOK
    this.wait(Math.min(Math.max(0, next - now), LOOK))
  }

  private async attempt(row: OutboxRow): Promise<void> {
    const { store, timeline, log } = this.options
    const { id, cid, eventType } = row
    const problem = await deliver(row, this.options.target(), this.policy.timeout, this.stopping.signal)
    if (this.stopping.signal.aborted && problem !== null) {
      store.updateOutbox(id, { nextAttemptAt: row.nextAttemptAt })
      return
    }
    const attempts = row.attempts + 1
    if (problem === null) {
      store.updateOutbox(id, { state: 'sent', attempts, lastError: null, sentAt: Date.now() })
      timeline.add('callback', 'sent', { cid }, { eventType, attempts })
      log.info({ cid, eventType, attempts }, 'callback sent')
      this.options.sent?.()
      return
    }
    const state = attempts >= this.policy.tries ? 'failed' : 'waiting'
    const nextAttemptAt = Date.now() + retryDelay(attempts, this.policy)
    store.updateOutbox(id, { state, attempts, lastError: problem, nextAttemptAt })
    timeline.add('callback', state === 'failed' ? 'failed' : 'retry', { cid }, { eventType, attempts, problem })
    log.warn({ cid, eventType, attempts, state, problem }, 'callback: delivery failed')
  }
}
