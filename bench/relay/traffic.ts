/** Input of one stream, and its output at each player. */
import type { TestTag } from '../../test/support/media-client'

type Sample = Pick<TestTag, 'timestamp' | 'payload'> & { type: number }

/** A tag in flight. `at`: sent, or first seen; `came`: number of players that have it. */
interface Passage {
  at: number
  payload: Buffer
  came: number
  counted: boolean
}

export interface Tally {
  /** Tags sent during the measurement. */
  published: number
  /** Complete arrivals: at best one per player. */
  relayed: number
  missing: number
}

/** Time after which a tag counts as missing, ms. */
const PATIENCE = 10_000

/** Identifies a tag by kind and timestamp, which servers keep for a stream that begins with 0. */
export class Traffic {
  readonly tally: Tally = { published: 0, relayed: 0, missing: 0 }
  /** ms; of streams published here. */
  readonly delays: number[] = []
  private readonly passages = new Map<number, Passage>()

  /** `publishedHere`: otherwise the first player's tags are the reference for the others. */
  constructor(
    private readonly players: number,
    private readonly publishedHere: boolean,
  ) {}

  /** `counted`: whether the measurement is running. */
  sent(tag: Sample, now: number, counted: boolean): void {
    this.passages.set(keyOf(tag), { at: now, payload: tag.payload, came: 0, counted })
    for (const [key, passage] of this.passages) {
      if (now - passage.at < PATIENCE) break
      this.settle(key, passage)
    }
  }

  /** A player received a tag; a changed one does not count. */
  came(tag: Sample, now: number, counted: boolean): void {
    if (tag.payload[1] !== 1) return
    const key = keyOf(tag)
    // Copied: the tag may be a slice of a reused buffer.
    if (!this.publishedHere && !this.passages.has(key))
      this.sent({ ...tag, payload: Buffer.from(tag.payload) }, now, counted)
    const passage = this.passages.get(key)
    if (!passage || !passage.payload.equals(tag.payload)) return
    passage.came++
    if (passage.counted && this.publishedHere) this.delays.push(now - passage.at)
  }

  /** No more tags follow. */
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
