import { closeSync, openSync, readSync } from 'node:fs'
import { SCRIPT, TAG_HEADER, TAG_TRAILER, TAG_TYPE, tagTimestamp, type TagType } from '../../media/flv'
import { MAX_PAYLOAD, SPOOL_HEADER } from './format'

const CHUNK_SIZE = 1 << 20
/** Local copies: tsx compiles imports to getters, which cost time when they are read for each tag. */
const [HEADER, TRAILER, LARGEST, MARK, timestampAt] = [TAG_HEADER, TAG_TRAILER, MAX_PAYLOAD, SCRIPT, tagTimestamp]
const TAG_TYPES = Object.values(TAG_TYPE)

/** A tag as it lies in `window` from `from` to `to`. One object is reused for all tags of a file, to avoid hundreds of thousands of objects. */
export interface MediaTag {
  type: TagType
  timestamp: number
  /** Arrival, 24 bits, ms. */
  arrived: number
  window: Buffer
  from: number
  to: number
  /** Offset of the payload in the file, bytes. */
  at: number
}
type SpoolTag =
  | MediaTag
  /** Number of invalid bytes that were skipped before this point. */
  | { type: 'damage'; bytes: number }

/**
 * Reads the tags of a spool file in chunks and calls `onTag` with each; tags are valid during that call only. If the file is
 * damaged or cut off, it resumes at the next whole tag and reports the number of skipped bytes. Throws only if the file cannot be read.
 * Blocking: it runs in the remux worker.
 */
export function readSpool(path: string, onTag: (tag: SpoolTag) => void): void {
  const file = openSync(path, 'r')
  let buffer = Buffer.allocUnsafeSlow(CHUNK_SIZE)
  /** The part of the buffer that is read and not processed yet, and its offset in the file. */
  let [next, end, position] = [0, 0, 0]
  /** Reads until that many bytes are available from `next`; false at the end of the file. */
  const has = (size: number): boolean => {
    if (end - next >= size) return true
    const grown = size > buffer.length ? Buffer.allocUnsafeSlow(size) : buffer
    buffer.copy(grown, 0, next, end)
    ;[buffer, end, next] = [grown, end - next, 0]
    while (end < size) {
      const bytesRead = readSync(file, buffer, end, buffer.length - end, position + end)
      if (bytesRead === 0) return false
      end += bytesRead
    }
    return true
  }
  const tag: MediaTag = { type: MARK, timestamp: 0, arrived: 0, window: buffer, from: 0, to: 0, at: 0 }
  const pass = (bytes: number): void => {
    next += bytes
    position += bytes
  }
  try {
    if (has(SPOOL_HEADER.length) && buffer.subarray(next, next + SPOOL_HEADER.length).equals(SPOOL_HEADER)) {
      pass(SPOOL_HEADER.length)
    }
    let damage = 0
    const tellDamage = (): void => {
      if (damage > 0) onTag({ type: 'damage', bytes: damage })
      damage = 0
    }
    while (has(1)) {
      const whole = has(HEADER) ? wholeSize(buffer, next) : null
      if (whole === null || !has(whole) || !closesItself(buffer, next, whole)) {
        damage++
        pass(1)
        continue
      }
      tellDamage()
      tag.type = tagType(buffer[next]) ?? MARK
      tag.timestamp = timestampAt(buffer, next)
      tag.arrived = buffer.readUIntBE(next + 8, 3)
      tag.window = buffer
      tag.from = next + HEADER
      tag.to = next + whole - TRAILER
      tag.at = position + HEADER
      onTag(tag)
      pass(whole)
    }
    tellDamage()
  } finally {
    closeSync(file)
  }
}

const tagType = (first: number | undefined): TagType | null => TAG_TYPES.find((known) => known === first) ?? null

/** Size of the tag whose header begins at `at`, bytes; null if no tag can begin there. */
function wholeSize(window: Buffer, at: number): number | null {
  if (tagType(window[at]) === null) return null
  const size = window.readUIntBE(at + 1, 3)
  return size <= LARGEST ? HEADER + size + TRAILER : null
}

/** Whether the size behind a tag equals the one before it. */
function closesItself(window: Buffer, at: number, whole: number): boolean {
  const size = whole - TRAILER
  return window.readUInt32BE(at + size) === size
}
