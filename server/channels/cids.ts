import { randomBytes } from 'node:crypto'

/**
 * A new channel number: random, so that nobody can guess those of others, of 53 bits, which JavaScript holds exactly.
 * @param isTaken whether a channel has, or had, the number
 */
export function createCid(isTaken: (cid: number) => boolean): number {
  for (;;) {
    const cid = Number(randomBytes(8).readBigUInt64BE() >> 11n)
    // 16 digits, as NetEase's are long, too; and never 0.
    if (cid >= 1e15 && !isTaken(cid)) return cid
  }
}
