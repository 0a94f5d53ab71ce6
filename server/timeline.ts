import { EventEmitter } from 'node:events'

/** The part of the service that an entry is from. */
export type TimelinePart = 'signalling' | 'gateway' | 'media' | 'recording' | 'callback'

/** An event of a call, without secrets, as shown in the preview's panel. */
export interface TimelineEntry {
  id: number
  at: number
  part: TimelinePart
  /** The contract's name if there is one: `beCalled`, `login`, `publish` … */
  name: string
  cid: number | null
  account: string | null
  data: Record<string, unknown>
}

const KEPT = 500

/** Recent events of all calls, to show their flow. In memory, of limited size. */
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
