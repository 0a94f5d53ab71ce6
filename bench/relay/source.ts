import type { TestTag } from '../../test/support/media-client'

/** Returns a stream's tags when due, ms from its start. Timestamps are unique per kind. */
export interface Source {
  /** Sent first. */
  readonly configurations: readonly TestTag[]
  /** When the next tag is due. */
  readonly due: number
  next(): TestTag
}
