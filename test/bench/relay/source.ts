import type { TestTag } from '../../support/media-client'
import type { Clip } from './clip'
import type { Weight } from './weighed-stream'

/** Gives a stream's tags when they are due, ms since the stream's begin. Each has a time stamp that is its kind's alone. */
export interface Source {
  /** What goes out before anything else. */
  readonly configurations: readonly TestTag[]
  /** When the next tag is due. */
  readonly due: number
  next(): TestTag
}

/** What a stream is made of: bytes of a chosen weight, or a recorded clip again and again. */
export type Media = { kind: 'weighed'; weight: Weight } | { kind: 'clip'; clip: Clip }
