import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Log } from './log'
import type { RemovalReason, Store } from './store/types'
import type { Timeline } from './timeline'

export interface RetentionDeps {
  store: Store
  timeline: Timeline
  log: Log
  /** Holds `<cid>/…`. */
  recordingsDir: string
  /** Whether something of the call is still under way. */
  isBusy: (cid: number) => boolean
  /** How long a call is kept after its end, seconds; null: for good. */
  time: number | null
  /** Bytes that recordings may take together; null: any. */
  size: number | null
  /** Bytes that recordings take beside finished files. */
  unfinishedSize?: () => Promise<number>
}

/** How often it is looked whether something is to go, ms. */
const PERIOD = 60_000
/** Candidates looked at in a step: the first that is not busy goes. */
const CANDIDATES = 20

/**
 * Lets calls go with all their files: those that every member has deleted, those past their age, and the oldest where files
 * take too much. One call a step: first its rows, in one transaction that notes the folder, then the folder. A service that
 * dies in between goes on with the folder at its next start.
 */
export class Retention {
  private timer: NodeJS.Timeout | undefined
  private sweeping: Promise<void> | undefined
  private again = false
  private closed = false

  constructor(private readonly deps: RetentionDeps) {}

  /** Deletes the folders of calls that are forgotten already: what an earlier run did not come to. */
  async resume(): Promise<void> {
    for (const cid of this.deps.store.removals()) await this.removeFolder(cid)
  }

  /** Looks now, and then every minute. */
  start(): void {
    this.timer = setInterval(() => this.look(), PERIOD).unref()
    this.look()
  }

  /** Looks whether something is to go, once started: before that the data directory may be another service's. */
  look(): void {
    this.again = true
    if (!this.timer || this.closed || this.sweeping) return
    this.sweeping = this.sweep()
      .catch((error: unknown) => this.deps.log.error({ err: error }, 'old calls could not be removed'))
      .finally(() => (this.sweeping = undefined))
  }

  /** Waits until all has gone that is to go. */
  async settled(): Promise<void> {
    await this.sweeping
  }

  /** The call that is being removed is finished with; the others are the next start's. */
  async close(): Promise<void> {
    this.closed = true
    clearInterval(this.timer)
    await this.sweeping
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

  private async remove(cid: number, why: RemovalReason['why']): Promise<void> {
    const { store, timeline, log } = this.deps
    const untold = store.outbox(cid).filter(({ state }) => state === 'failed').length
    store.removeCall(cid)
    timeline.add('recording', 'removed', { cid }, { why })
    if (untold > 0) log.warn({ cid, why, untold }, 'a call was removed whose callbacks had failed')
    else log.info({ cid, why }, 'a call was removed')
    await this.removeFolder(cid)
  }

  /** A folder that cannot be deleted now is tried again with the next look. */
  private async removeFolder(cid: number): Promise<void> {
    const { store, log, recordingsDir } = this.deps
    try {
      await rm(join(recordingsDir, String(cid)), { recursive: true, force: true, maxRetries: 2 })
      store.removalDone(cid)
    } catch (error) {
      log.error({ err: error, cid }, 'the files of a removed call could not be deleted')
    }
  }
}
