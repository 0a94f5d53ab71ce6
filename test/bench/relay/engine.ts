/** The service first: ratios are its figures over nginx's. */
export const ENGINES = ['call service', 'nginx-rtmp'] as const
export type EngineName = (typeof ENGINES)[number]

/** A stream and its players: RTMP addresses. */
export interface StreamUrls {
  /** null where somebody else publishes it. */
  push: string | null
  /** One for each player. */
  plays: string[]
}

/** Streams that an engine has made ready; they stay so until `close`. */
export interface OpenStreams {
  streams: StreamUrls[]
  close(): Promise<void>
}

/** A media server under measurement, in a process of its own. */
export interface RelayEngine {
  name: EngineName
  pid: number
  /** `host:port` of its HTTP-FLV; null where it has none. */
  http: string | null
  /** So many streams of one player each. */
  open(streams: number): Promise<OpenStreams>
  /** Rooms in which everybody publishes, and plays all others. */
  openRooms(rooms: number, members: number): Promise<OpenStreams>
  close(): Promise<void>
}
