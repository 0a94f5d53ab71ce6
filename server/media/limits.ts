/** Bounds that keep one connection from hurting the others. Times in ms, sizes in bytes. */
export interface MediaLimits {
  /** A publisher that sends nothing for this long is gone. */
  publisherIdleTime: number
  /** A viewer whose oldest unsent byte is older than this skips to the next key frame. */
  viewerLag: number
  /** A viewer that takes nothing for this long while it skips is disconnected. */
  viewerStuckTime: number
  /** Unsent bytes at which a viewer skips, however young they are. Above `gopBytes`, which are sent in one go. */
  viewerPending: number
  /** One message of an admitted peer. */
  messageSize: number
  /** One message of a peer that was not let in yet: commands are small. */
  commandSize: number
  /** Messages a second of one publisher or RTMP connection, on average, and at once; a faster one is read more slowly. */
  messageRate: number
  messageBurst: number
  /** Of one publisher, bits a second on average; ten seconds' worth may come at once. */
  bitRate: number
  /** Maximum messages and bytes of an RTMP connection before it is admitted; more close it. */
  messagesBeforeAdmission: number
  bytesBeforeAdmission: number
  /** RTMP chunk streams in one connection. */
  chunkStreams: number
  /** What a new viewer gets at once: kept per stream. */
  gopBytes: number
  gopTags: number
  /** A publisher that has been silent for this long has lost its network: what it sent before is no picture of now. */
  gopAge: number
  viewersPerStream: number
  /** Of one member, at one stream; a further one takes the place of the oldest. */
  viewersPerHolder: number
}

const MIB = 1 << 20

export const DEFAULT_LIMITS: MediaLimits = {
  publisherIdleTime: 15_000,
  viewerLag: 1_000,
  viewerStuckTime: 10_000,
  viewerPending: 8 * MIB,
  messageSize: 2 * MIB,
  commandSize: 64 * 1024,
  messageRate: 1_000,
  messageBurst: 5_000,
  bitRate: 10e6,
  messagesBeforeAdmission: 64,
  bytesBeforeAdmission: 128 * 1024,
  chunkStreams: 32,
  gopBytes: 4 * MIB,
  gopTags: 2048,
  gopAge: 2_000,
  viewersPerStream: 512,
  viewersPerHolder: 4,
}
