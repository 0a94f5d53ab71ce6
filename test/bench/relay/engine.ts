/** The service first: ratios are its figures over nginx's. */
export const ENGINES = ['call service', 'nginx-rtmp'] as const
export type EngineName = (typeof ENGINES)[number]

/** A stream that may be published and played: RTMP addresses. */
export interface StreamUrls {
  push: string
  play: string
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
  open(count: number): Promise<OpenStreams>
  close(): Promise<void>
}
