import { open } from 'node:fs/promises'

/** Boxes of an mp4's index that hold boxes, and those that begin with two times: of creation and of change. */
const HOLDERS = ['moov', 'trak', 'mdia']
const TIMED = ['mvhd', 'tkhd', 'mdhd']
const BOX_HEADER = 8
/** Seconds from 1904, where an mp4's times begin, to 1970. */
const EPOCH = 2_082_844_800

/** An mp4's index as it lies in its file. */
export interface Movie {
  bytes: Buffer
  position: number
}

/**
 * Dates an mp4 by when it was recorded (wall clock, ms) where the writing library put the time of writing: so the same
 * recording finished again is the same file, with the checksum that was told of it.
 */
export async function dateMovie(path: string, { bytes, position }: Movie, recordedAt: number): Promise<void> {
  const seconds = Math.floor(recordedAt / 1000) + EPOCH
  const dated = Buffer.from(bytes)
  for (const at of timesIn(dated)) {
    // Version 1 has times of 64 bits.
    const wide = dated[at] === 1
    for (const field of [0, 1]) {
      if (wide) dated.writeBigUInt64BE(BigInt(seconds), at + 4 + field * 8)
      else dated.writeUInt32BE(seconds, at + 4 + field * 4)
    }
  }
  const file = await open(path, 'r+')
  try {
    // Nothing grows here, so that no write can be cut short by a full disk.
    await file.write(dated, 0, dated.length, position)
  } finally {
    await file.close()
  }
}

/** Where the contents of timed boxes begin. */
function* timesIn(bytes: Buffer, from = 0, to = bytes.length): Generator<number> {
  for (let at = from; at + BOX_HEADER <= to;) {
    const size = bytes.readUInt32BE(at)
    const type = bytes.toString('latin1', at + 4, at + BOX_HEADER)
    if (HOLDERS.includes(type)) yield* timesIn(bytes, at + BOX_HEADER, at + size)
    if (TIMED.includes(type)) yield at + BOX_HEADER
    at += Math.max(size, BOX_HEADER)
  }
}
