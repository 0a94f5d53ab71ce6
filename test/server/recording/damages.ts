/** Kinds of damage to a file. */
import type { Chance } from '../../support/random'

/** A range of at most a third. */
function stretch(bytes: Buffer, chance: Chance): [number, number] {
  const from = chance.below(bytes.length)
  return [from, Math.min(bytes.length, from + 1 + chance.below(bytes.length / 3))]
}

export type Damage = (bytes: Buffer, chance: Chance) => Buffer
export const DAMAGES: Record<string, Damage> = {
  'single flipped bits': (bytes, chance) => {
    for (let left = 1 + chance.below(50); left > 0; left--) {
      const at = chance.below(bytes.length)
      bytes[at] = bytes.readUInt8(at) ^ (1 << chance.below(8))
    }
    return bytes
  },
  'a stretch of zeros': (bytes, chance) => bytes.fill(0, ...stretch(bytes, chance)),
  'a stretch of noise': (bytes, chance) => {
    const [from, to] = stretch(bytes, chance)
    for (let at = from; at < to; at++) bytes[at] = chance.below(256)
    return bytes
  },
  'a part lost': (bytes, chance) => {
    const [from, to] = stretch(bytes, chance)
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)])
  },
  'a part twice': (bytes, chance) => {
    const [from, to] = stretch(bytes, chance)
    return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)])
  },
  'cut off': (bytes, chance) => bytes.subarray(0, chance.below(bytes.length)),
}

/** Each kind is tried that many times at different positions. */
export const ROUNDS = Number(process.env['ROUNDS'] ?? 1)
