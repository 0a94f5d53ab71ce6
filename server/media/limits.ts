/** Limits of one connection. Times in ms, sizes in bytes. */
export interface MediaLimits {
  /** A publisher that sends nothing for this long, and does not answer, is disconnected. */
  publisherIdleTime: number
  /** A viewer whose oldest unsent byte is older than this skips to the next key frame. */
  viewerLag: number
  /** A viewer that reads nothing for this long while it skips is disconnected. */
  viewerStuckTime: number
  /** Unsent bytes at which a viewer skips, whatever their age. Above `gopBytes`, which are sent at once. */
  viewerPending: number
  /** Maximum message size after admission. */
  messageSize: number
  /** Maximum message size before admission: commands are small. */
  commandSize: number
  /** Messages of one publisher or RTMP connection: average per second, and burst. A faster one is read more slowly. */
  messageRate: number
  messageBurst: number
  /** A publisher's average bit rate, bits a second; the burst is ten seconds' worth. */
  bitRate: number
  /** Maximum messages and bytes of an RTMP connection before admission; it is closed above that. */
  messagesBeforeAdmission: number
  bytesBeforeAdmission: number
  /** RTMP chunk streams in one connection. */
  chunkStreams: number
  /** Bytes kept per stream for new viewers. */
  gopBytes: number
  gopTags: number
  /** After this long without tags a stream's cached pictures are outdated: its publisher has lost the network. */
  gopAge: number
  viewersPerStream: number
  /** Viewers per subject and stream; one more replaces the oldest. */
  viewersPerSubject: number
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
  viewersPerSubject: 4,
}
