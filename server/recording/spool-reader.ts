import { open } from 'node:fs/promises'
import { FLV_HEADER, MAX_PAYLOAD, TAG_HEADER_SIZE, TAG_TRAILER_SIZE, TAG_TYPE, type TagType } from './spool-format'

const CHUNK_SIZE = 256 << 10
const TAG_TYPES = Object.values(TAG_TYPE)

export type SpoolTag =
  /** `arrived`: the 24 bits of when it came, ms. */
  | { type: TagType; timestamp: number; arrived: number; payload: Buffer }
  /** So many bytes before this point made no sense and were passed over. */
  | { type: 'damage'; bytes: number }

/**
 * The tags of a spool, read in chunks. Where the file is damaged or cut off, reading goes on at the next whole tag;
 * what was passed over is told. Rejects only when the file cannot be read at all.
 */
export async function* readSpool(path: string): AsyncGenerator<SpoolTag> {
  const file = await open(path, 'r')
  let window: Buffer = Buffer.alloc(0)
  let position = 0
  const has = async (size: number): Promise<boolean> => {
    while (window.length < size) {
      // A fresh chunk each time: the tags that were given away point into it.
      const chunk = Buffer.allocUnsafeSlow(Math.max(CHUNK_SIZE, size - window.length))
      const { bytesRead } = await file.read(chunk, 0, chunk.length, position)
      if (bytesRead === 0) return false
      position += bytesRead
      window = Buffer.concat([window, chunk.subarray(0, bytesRead)])
    }
    return true
  }
  try {
    if ((await has(FLV_HEADER.length)) && window.subarray(0, FLV_HEADER.length).equals(FLV_HEADER)) {
      window = window.subarray(FLV_HEADER.length)
    }
    let damage = 0
    while (window.length > 0 || (await has(1))) {
      const type = tagType(window)
      const size = type === null || window.length < TAG_HEADER_SIZE ? 0 : window.readUIntBE(1, 3)
      const whole = TAG_HEADER_SIZE + size + TAG_TRAILER_SIZE
      if (window.length < whole && type !== null && (await has(whole))) continue
      if (type === null || window.length < whole || !closesItself(window, size)) {
        damage++
        window = window.subarray(1)
        continue
      }
      if (damage > 0) yield { type: 'damage', bytes: damage }
      damage = 0
      const timestamp = (window.readUIntBE(4, 3) | (window.readUInt8(7) << 24)) >>> 0
      const arrived = window.readUIntBE(8, 3)
      yield { type, timestamp, arrived, payload: window.subarray(TAG_HEADER_SIZE, TAG_HEADER_SIZE + size) }
      window = window.subarray(whole)
    }
    if (damage > 0) yield { type: 'damage', bytes: damage }
  } finally {
    await file.close()
  }
}

/** The type of what may be a tag at the window's start; null where it cannot be one. */
function tagType(window: Buffer): TagType | null {
  const type = TAG_TYPES.find((known) => known === window[0])
  if (type === undefined || window.length < TAG_HEADER_SIZE) return type ?? null
  return window.readUIntBE(1, 3) <= MAX_PAYLOAD ? type : null
}

function closesItself(window: Buffer, size: number): boolean {
  return window.readUInt32BE(TAG_HEADER_SIZE + size) === TAG_HEADER_SIZE + size
}
