import type { StreamUrls } from './engine'

/** What the load generator is told to do. Times in ms. */
export type LoadOrder =
  | { kind: 'relay'; streams: StreamUrls[]; warmUp: number; duration: number }
  /** Publishes one stream and joins it again and again; `play`: an RTMP or an HTTP-FLV address. */
  | { kind: 'join'; push: string; play: string; joins: number }

/** What it says while it does. */
export type LoadNews =
  | { kind: 'measuring' }
  /** Tags on the way for this long, and how many never came. */
  | { kind: 'relayed'; delays: number[]; missing: number }
  /** From opening the connection to the first key frame. */
  | { kind: 'joined'; times: number[] }
  | { kind: 'failed'; reason: string }
