/** What was wrong with a tag and was put right, or why nothing of it is passed on. */
export type Repair =
  /** A configuration that is empty or cut off: ignored. */
  | 'bad-config'
  /** Parameter sets stood in a key frame only: they became the configuration. */
  | 'inband-config'
  /** NAL units came behind start codes in place of their lengths. */
  | 'start-codes'
  /** Its last units were cut off: left out. */
  | 'cut-off'
  /** The tag was, or was not, a key frame, against what it said. */
  | 'key-flag'
  /** Nothing in it. */
  | 'empty'
  /** Units without a picture: they are kept for the next one. */
  | 'no-picture'
  /** A frame before any configuration: no decoder could begin with it. */
  | 'no-config'
  /** AAC frames came behind ADTS headers. */
  | 'adts'

/** Whether a frame, or a part of one, is lost by it. */
export function isLoss(repair: Repair): boolean {
  return repair === 'cut-off' || repair === 'no-config'
}
