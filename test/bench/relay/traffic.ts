/** What went into one stream, and what came out of it at each of its players. */
import type { TestTag } from '../../support/media-client'

type Sample = Pick<TestTag, 'timestamp' | 'payload'> & { type: number }

/** A tag on its way. `at`: when it was sent, or first seen; `came`: at how many players. */
interface Passage {
  at: number
  payload: Buffer
  came: number
  counted: boolean
}

export interface Tally {
  /** Tags that went in while it was counted. */
  published: number
  /** How often they came out whole: at best once at each player. */
  relayed: number
  missing: number
}

/** How long a tag may take before it counts as missing, ms. */
const PATIENCE = 10_000

/** Knows a tag by its kind and time stamp, which a server leaves alone in a stream that begins with 0. */
export class Traffic {
  readonly tally: Tally = { published: 0, relayed: 0, missing: 0 }
  /** ms; of streams that are published here. */
  readonly delays: number[] = []
  private readonly passages = new Map<number, Passage>()

  /** `publishedHere`: else what one of the players has seen is what the others are to see. */
  constructor(
    private readonly players: number,
    private readonly publishedHere: boolean,
  ) {}

  /** `counted`: whether this is the time that is measured. */
  sent(tag: Sample, now: number, counted: boolean): void {
    this.passages.set(keyOf(tag), { at: now, payload: tag.payload, came: 0, counted })
    for (const [key, passage] of this.passages) {
      if (now - passage.at < PATIENCE) break
      this.settle(key, passage)
    }
  }

  /** One of the players has got a tag; one that is not as it was sent does not count. */
  came(tag: Sample, now: number, counted: boolean): void {
    if (tag.payload[1] !== 1) return
    const key = keyOf(tag)
    // Kept: what came may be a slice of a buffer that is used again.
    if (!this.publishedHere && !this.passages.has(key))
      this.sent({ ...tag, payload: Buffer.from(tag.payload) }, now, counted)
    const passage = this.passages.get(key)
    if (!passage || !passage.payload.equals(tag.payload)) return
    passage.came++
    if (passage.counted && this.publishedHere) this.delays.push(now - passage.at)
  }

  /** No more will come. */
  end(): void {
    for (const [key, passage] of this.passages) this.settle(key, passage)
  }

  private settle(key: number, { came, counted }: Passage): void {
    this.passages.delete(key)
    if (!counted) return
    this.tally.published++
    this.tally.relayed += came
    this.tally.missing += this.players - came
  }
}

const keyOf = ({ type, timestamp }: Sample): number => timestamp * 16 + type
