import type { TestTag } from '../../test/support/media-client'
import type { Clip } from './clip'
import type { Weight } from './weighed-stream'

/** Returns a stream's tags when due, ms from its start. Timestamps are unique per kind. */
export interface Source {
  /** Sent first. */
  readonly configurations: readonly TestTag[]
  /** When the next tag is due. */
  readonly due: number
  next(): TestTag
}

/** Contents of a stream: bytes of a given size, or a repeated clip. */
export type Media = { kind: 'weighed'; weight: Weight } | { kind: 'clip'; clip: Clip }
