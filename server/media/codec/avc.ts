/** H.264: reads from the stream's configuration (avcC) what an mp4 needs about the picture. */

export interface AvcConfig {
  /** As in `avc1.64001f`. */
  codec: string
  width: number
  height: number
}

const AVCC_SPS = 6
const HIGH_PROFILES = [100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]
const CHROMA_444 = 3

/** @throws RangeError if the configuration is invalid. */
export function parseAvcConfig(avcc: Buffer): AvcConfig {
  const spsCount = avcc.length > AVCC_SPS + 1 ? avcc.readUInt8(AVCC_SPS - 1) & 0x1f : 0
  if (avcc[0] !== 1 || spsCount === 0) throw new RangeError('The H.264 configuration has no parameter sets.')
  const length = avcc.readUInt16BE(AVCC_SPS)
  const sps = avcc.subarray(AVCC_SPS + 2, AVCC_SPS + 2 + length)
  const { width, height } = pictureSize(new BitReader(withoutEmulation(sps)))
  if (!(width > 0 && height > 0)) throw new RangeError('The H.264 configuration has no picture size.')
  return { codec: `avc1.${avcc.toString('hex', 1, 4)}`, width, height }
}

/** ITU-T H.264, 7.3.2.1.1, up to the cropping fields. */
function pictureSize(bits: BitReader): { width: number; height: number } {
  bits.skip(8)
  const profile = bits.read(8)
  bits.skip(16)
  bits.unsigned()
  let chroma = 1
  if (HIGH_PROFILES.includes(profile)) {
    chroma = bits.unsigned()
    if (chroma === CHROMA_444) bits.skip(1)
    bits.unsigned()
    bits.unsigned()
    bits.skip(1)
    if (bits.read(1) === 1) skipScalingMatrix(bits, chroma)
  }
  bits.unsigned()
  skipPictureOrder(bits)
  bits.unsigned()
  bits.skip(1)
  const widthInBlocks = bits.unsigned() + 1
  const heightInMaps = bits.unsigned() + 1
  const frameOnly = bits.read(1)
  if (frameOnly === 0) bits.skip(1)
  bits.skip(1)
  const cropped = bits.read(1) === 1
  const [left, right, top, bottom] = cropped
    ? [bits.unsigned(), bits.unsigned(), bits.unsigned(), bits.unsigned()]
    : [0, 0, 0, 0]
  const unitX = chroma === 1 || chroma === 2 ? 2 : 1
  const unitY = (chroma === 1 ? 2 : 1) * (2 - frameOnly)
  return {
    width: widthInBlocks * 16 - (left + right) * unitX,
    height: heightInMaps * 16 * (2 - frameOnly) - (top + bottom) * unitY,
  }
}

function skipScalingMatrix(bits: BitReader, chroma: number): void {
  for (let list = 0; list < (chroma === CHROMA_444 ? 12 : 8); list++) {
    if (bits.read(1) === 0) continue
    let last = 8
    let next = 8
    for (let entry = 0; entry < (list < 6 ? 16 : 64); entry++) {
      if (next !== 0) next = (last + bits.signed() + 256) % 256
      if (next !== 0) last = next
    }
  }
}

function skipPictureOrder(bits: BitReader): void {
  const type = bits.unsigned()
  if (type === 0) bits.unsigned()
  if (type !== 1) return
  bits.skip(1)
  bits.signed()
  bits.signed()
  for (let left = bits.unsigned(); left > 0; left--) bits.signed()
}

/** Removes the emulation prevention byte: the third of each 00 00 03. */
export function withoutEmulation(nal: Buffer): Buffer {
  return Buffer.from(nal.filter((byte, at) => !(byte === 3 && at >= 2 && nal[at - 1] === 0 && nal[at - 2] === 0)))
}

export class BitReader {
  private position = 0
  constructor(private readonly bytes: Buffer) {}

  skip(count: number): void {
    this.position += count
  }

  read(count: number): number {
    let value = 0
    for (let left = count; left > 0; left--) {
      const byte = this.bytes[this.position >> 3]
      if (byte === undefined) throw new RangeError('The H.264 configuration is truncated.')
      value = value * 2 + ((byte >> (7 - (this.position & 7))) & 1)
      this.position++
    }
    return value
  }

  /** Exp-Golomb, ue(v). */
  unsigned(): number {
    let zeros = 0
    while (this.read(1) === 0) zeros++
    return 2 ** zeros - 1 + this.read(zeros)
  }

  /** Exp-Golomb, se(v). */
  signed(): number {
    const code = this.unsigned()
    return code % 2 === 1 ? (code + 1) / 2 : -code / 2
  }
}
