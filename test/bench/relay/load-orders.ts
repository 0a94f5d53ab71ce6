import type { StreamUrls } from './engine'
import type { Media } from './source'
import type { Tally } from './traffic'

/** What the load generator is told to do. Times in ms. */
export type LoadOrder =
  | { kind: 'relay'; streams: StreamUrls[]; media: Media; warmUp: number; duration: number }
  /** Publishes one stream and joins it again and again; `play`: an RTMP or an HTTP-FLV address. */
  | { kind: 'join'; push: string; play: string; joins: number }

export interface Relayed {
  /** Of the streams that it published. */
  own: Tally
  /** Of those that others published. */
  others: Tally
  /** Tags of its own were on the way for this long. */
  delays: number[]
  /** How late it sent, ms, in the worst hundredth of the tags: it had too much to do. */
  late: number
}

/** What it says while it does. */
export type LoadNews =
  | { kind: 'measuring' }
  | { kind: 'relayed'; relayed: Relayed }
  /** From opening the connection to the first key frame. */
  | { kind: 'joined'; times: number[] }
  | { kind: 'failed'; reason: string }
