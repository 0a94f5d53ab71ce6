/** What was wrong with a tag and was put right, or why nothing of it is passed on. */
export type Repair =
  /** A configuration that is empty or cut off: ignored. */
  | 'bad-config'
  /** Parameter sets stood in a key frame only: they became the configuration. */
  | 'inband-config'
  /** NAL units came behind start codes in place of their lengths. */
  | 'start-codes'
  /** Its last units were cut off, or made no sense: left out. */
  | 'cut-off'
  /** The same, and nothing is left of the picture. */
  | 'unreadable'
  /** The tag was, or was not, a key frame, against what it said. */
  | 'key-flag'
  /** Supplemental information that is not as long as it says: left out. */
  | 'bad-sei'
  /** Nothing in it. */
  | 'empty'
  /** Units without a picture: they are kept for the next one. */
  | 'no-picture'
  /** A frame before any configuration: no decoder could begin with it. */
  | 'no-config'
  /** AAC frames came behind ADTS headers. */
  | 'adts'
