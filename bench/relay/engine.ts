/** The service first: ratios are its figures divided by nginx's. */
export const ENGINES = ['call service', 'nginx-rtmp'] as const
export type EngineName = (typeof ENGINES)[number]

/** A stream and its players: RTMP addresses, and HTTP-FLV addresses of players. */
export interface StreamUrls {
  /** Null if another client publishes it. */
  push: string | null
  /** One per player. */
  plays: string[]
}

/** Prepared streams of an engine, until `close`. */
export interface OpenStreams {
  streams: StreamUrls[]
  close(): Promise<void>
}

/** A media server under measurement, in its own process. */
export interface RelayEngine {
  name: EngineName
  pid: number
  /** `host:port` of its HTTP-FLV; null if it has none. */
  http: string | null
  /** That many streams of one player each. */
  open(streams: number): Promise<OpenStreams>
  /** Rooms in which everybody publishes and plays all others. */
  openRooms(rooms: number, members: number): Promise<OpenStreams>
  close(): Promise<void>
}
