import { randomBytes } from 'node:crypto'

/**
 * A new channel number: random, so that others' numbers cannot be guessed, with 53 bits, which JavaScript represents exactly.
 * @param isTaken whether a channel has, or had, the number
 */
export function createCid(isTaken: (cid: number) => boolean): number {
  for (;;) {
    const cid = Number(randomBytes(8).readBigUInt64BE() >> 11n)
    // 16 digits, like NetEase's.
    if (cid >= 1e15 && !isTaken(cid)) return cid
  }
}
