import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Log } from './log'
import type { RemovalReason, Store } from './store/types'
import type { Timeline } from './timeline'

export interface RetentionDeps {
  store: Store
  timeline: Timeline
  log: Log
  /** Folder of `<cid>/…`. */
  recordingsDir: string
  /** Whether the call runs or its files are being made. */
  isBusy: (cid: number) => boolean
  /** How long a call is kept after its end, seconds; null: without limit. */
  time: number | null
  /** Maximum bytes of all recordings; null: without limit. */
  size: number | null
  /** Bytes of recordings besides finished files. */
  unfinishedSize?: () => Promise<number>
}

/** Interval of the check, ms. */
const PERIOD = 60_000
/** Candidates per step: the first one that is not busy is deleted. */
const CANDIDATES = 20

/**
 * Deletes calls with all their files: those that every member has deleted, those past their age, and the oldest ones if files take too much
 * space. One call per step: first its rows, in a transaction that stores the folder's name, then the folder. After a crash, the next start
 * deletes the folder.
 */
export class Retention {
  private timer: NodeJS.Timeout | undefined
  private sweeping: Promise<void> | undefined
  private again = false
  private closed = false

  constructor(private readonly deps: RetentionDeps) {}

  /** Deletes the folders of deleted calls that an earlier run left. */
  async resume(): Promise<void> {
    for (const cid of this.deps.store.removals()) await this.removeFolder(cid)
  }

  /** Checks now, and then every minute. */
  start(): void {
    this.timer = setInterval(() => this.look(), PERIOD).unref()
    this.look()
  }

  /** Checks, once started: before that, another service may own the data directory. */
  look(): void {
    this.again = true
    if (!this.timer || this.closed || this.sweeping) return
    this.sweeping = this.sweep()
      .catch((error: unknown) => this.deps.log.error({ err: error }, 'retention: check failed'))
      .finally(() => (this.sweeping = undefined))
  }

  /** Resolves when everything due is deleted. */
  async settled(): Promise<void> {
    await this.sweeping
  }

  /** Completes the current removal; the others are left to the next start. */
  async close(): Promise<void> {
    this.closed = true
    clearInterval(this.timer)
    await this.sweeping
  }

  /** Deletes an ended call now, with its files and callbacks. */
  async delete(cid: number): Promise<void> {
    await this.remove(cid, 'requested')
  }

  private async sweep(): Promise<void> {
    while (this.again && !this.closed) {
      this.again = false
      await this.resume()
      const unfinished = this.deps.size === null ? 0 : ((await this.deps.unfinishedSize?.()) ?? 0)
      for (let next = this.next(unfinished); next && !this.closed; next = this.next(unfinished))
        await this.remove(next.cid, next.why)
    }
  }

  private next(unfinished: number): { cid: number; why: RemovalReason['why'] } | null {
    for (const reason of this.reasons(unfinished)) {
      const cid = this.deps.store.removable(reason, CANDIDATES).find((one) => !this.deps.isBusy(one))
      if (cid !== undefined) return { cid, why: reason.why }
    }
    return null
  }

  private reasons(unfinished: number): RemovalReason[] {
    const { store, time, size } = this.deps
    const reasons: RemovalReason[] = [{ why: 'deleted' }]
    if (time !== null) reasons.push({ why: 'age', endedBefore: Date.now() - time * 1000 })
    if (size !== null && store.filesSize() + unfinished > size) reasons.push({ why: 'size' })
    return reasons
  }

  private async remove(cid: number, why: RemovalReason['why'] | 'requested'): Promise<void> {
    const { store, timeline, log } = this.deps
    const unsent = store.outbox(cid).filter(({ state }) => state === 'failed').length
    store.removeCall(cid)
    timeline.add('recording', 'removed', { cid }, { why })
    if (unsent > 0) log.warn({ cid, why, unsent }, 'retention: call deleted with unsent callbacks')
    else log.info({ cid, why }, 'retention: call deleted')
    await this.removeFolder(cid)
  }

  /** A folder that cannot be deleted now is tried again with the next check. */
  private async removeFolder(cid: number): Promise<void> {
    const { store, log, recordingsDir } = this.deps
    try {
      await rm(join(recordingsDir, String(cid)), { recursive: true, force: true, maxRetries: 2 })
      store.removalDone(cid)
    } catch (error) {
      log.error({ err: error, cid }, 'retention: deleting files failed')
    }
  }
}
