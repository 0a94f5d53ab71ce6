import { EventEmitter } from 'node:events'

/** Which part of the service an entry is from. */
export type TimelinePart = 'signalling' | 'gateway' | 'media' | 'recording' | 'callback'

/** One thing that happened in a call, in words and data that hold no secret: what the preview's panel shows. */
export interface TimelineEntry {
  id: number
  at: number
  part: TimelinePart
  /** The contract's name where there is one: `beCalled`, `login`, `publish` … */
  name: string
  cid: number | null
  account: string | null
  data: Record<string, unknown>
}

const KEPT = 500

/** The service's recent events, for people who want to see the flow of a call. Kept in memory, bounded. */
export class Timeline {
  private readonly entries: TimelineEntry[] = []
  private readonly emitter = new EventEmitter<{ entry: [TimelineEntry] }>()
  private nextId = 1

  add(
    part: TimelinePart,
    name: string,
    about: { cid?: number; account?: string },
    data: Record<string, unknown> = {},
  ): void {
    const entry: TimelineEntry = {
      id: this.nextId++,
      at: Date.now(),
      part,
      name,
      cid: about.cid ?? null,
      account: about.account ?? null,
      data,
    }
    this.entries.push(entry)
    if (this.entries.length > KEPT) this.entries.shift()
    this.emitter.emit('entry', entry)
  }

  recent(): readonly TimelineEntry[] {
    return this.entries
  }

  subscribe(listener: (entry: TimelineEntry) => void): () => void {
    this.emitter.on('entry', listener)
    return () => this.emitter.off('entry', listener)
  }
}
