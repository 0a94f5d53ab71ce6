/** A repair of a tag, or the reason why all of it was dropped. */
export type Repair =
  /** An empty or truncated configuration, ignored. */
  | 'bad-config'
  /** Parameter sets came only inside a key frame; they were moved to the configuration. */
  | 'inband-config'
  /** NAL units had start codes instead of lengths. */
  | 'start-codes'
  /** The last units were truncated or invalid, and left out. */
  | 'cut-off'
  /** The same, and no picture is left. */
  | 'unreadable'
  /** The tag's key frame flag was wrong. */
  | 'key-flag'
  /** SEI messages with a wrong length, left out. */
  | 'bad-sei'
  /** An empty tag. */
  | 'empty'
  /** Units without a picture, kept for the next one. */
  | 'no-picture'
  /** A frame before any configuration, which no decoder can start with. */
  | 'no-config'
  /** An Enhanced RTMP packet of a kind that is not handled, such as several tracks in one. */
  | 'unsupported'
  /** AAC frames had ADTS headers. */
  | 'adts'
