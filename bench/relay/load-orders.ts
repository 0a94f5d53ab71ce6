import type { Clip } from './clip'
import type { StreamUrls } from './engine'
import type { Tally } from './traffic'
import type { Weight } from './weighed-stream'

/** Contents of a stream: bytes of a given size, or a repeated clip. */
export type Media = { kind: 'weighed'; weight: Weight } | { kind: 'clip'; clip: Clip }

/** Orders for the load generator. Times in ms. */
export type LoadOrder =
  | { kind: 'relay'; streams: StreamUrls[]; media: Media; warmUp: number; duration: number }
  /** Publishes one stream and joins it repeatedly; `play`: an RTMP or an HTTP-FLV URL. */
  | { kind: 'join'; push: string; play: string; joins: number }

export interface Relayed {
  /** Of its own streams. */
  own: Tally
  /** Of streams published by others. */
  others: Tally
  /** Delays of its own tags. */
  delays: number[]
  /** How late it sent the worst hundredth of the tags, ms: a sign of overload. */
  late: number
}

/** Its messages. */
export type LoadNews =
  | { kind: 'measuring' }
  | { kind: 'relayed'; relayed: Relayed }
  /** From opening the connection to the first key frame. */
  | { kind: 'joined'; times: number[] }
  | { kind: 'failed'; reason: string }
